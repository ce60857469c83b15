"""What a model folder may hold: plain data that no loader runs.

`trust_remote_code=False` is not a boundary (CVE-2026-4372, CVE-2026-5241: a key of config.json ran
code), so a folder is looked through before a library sees it: by the registry before it gets a row,
and by a trainer before it loads it. Anything but plain data is refused.
"""

import json
import re
from pathlib import Path
from typing import Any

SUFFIXES = {".safetensors", ".json", ".jinja", ".txt", ".model", ".md"}
NAMES = {"LICENSE", "NOTICE", ".gitattributes"}
KEYS_OF_CODE = {"auto_map", "trust_remote_code", "custom_pipelines", "quantization_config"}
KERNELS = {None, "eager", "sdpa"}  # any other attention implementation is code from the hub
MAX_JSON_BYTES = 64 * 2**20
CONFIG, TOKENIZER = "config.json", "tokenizer.json"


class UnsafeFolderError(ValueError):
    """The folder may not be loaded; the message names the file and the reason."""


def check(folder: Path) -> None:
    """UnsafeFolderError unless `folder` holds a model as plain data and nothing else."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            raise UnsafeFolderError(f"{name} is a symbolic link")
        if path.is_dir():
            continue
        if path.suffix not in SUFFIXES and name not in NAMES:
            raise UnsafeFolderError(f"{name}: a model is safetensors and plain data, nothing else")
        if path.suffix == ".json":
            _check_json(path, name)
        if path.suffix == ".jinja":
            _check_template(_text(path, name), name)
    if not (folder / CONFIG).is_file():
        raise UnsafeFolderError(f"{folder.name} has no {CONFIG}")
    if not any(folder.glob("*.safetensors")):
        raise UnsafeFolderError(f"{folder.name} has no safetensors weights")


def load_json(path: Path, name: str) -> Any:
    """The content of a JSON file of a model folder; UnsafeFolderError when it has none."""
    try:
        return json.loads(_text(path, name))
    except (ValueError, RecursionError) as error:
        raise UnsafeFolderError(f"{name} is not JSON: {error}") from error


def _text(path: Path, name: str) -> str:
    if path.stat().st_size > MAX_JSON_BYTES:
        raise UnsafeFolderError(f"{name} is larger than {MAX_JSON_BYTES} bytes")
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise UnsafeFolderError(f"{name} is not text: {error}") from error


def _check_json(path: Path, name: str) -> None:
    content = load_json(path, name)
    if name == TOKENIZER:  # a vocabulary has any word as a key, and no library runs one
        return
    _check_keys(content, name)
    template = content.get("chat_template") if isinstance(content, dict) else None
    if template is not None:
        _check_template(json.dumps(template), name)


def _check_keys(value: Any, name: str) -> None:
    if isinstance(value, list):
        for item in value:
            _check_keys(item, name)
    if not isinstance(value, dict):
        return
    for key, item in value.items():
        if key in KEYS_OF_CODE or key.rstrip("_").endswith("_implementation_internal"):
            raise UnsafeFolderError(f"{name}: the key {key} can load code")
        if key.endswith("_implementation") and (
            isinstance(item, dict | list) or item not in KERNELS
        ):
            raise UnsafeFolderError(f"{name}: {key} {item!r} can load code")
        _check_keys(item, name)


def _check_template(text: str, name: str) -> None:
    """A chat template is a program: it may not reach for Python's attributes."""
    if re.search(r"__|\battr\b", text):
        raise UnsafeFolderError(
            f"{name}: the chat template reaches for attributes of Python objects"
        )
