"""What a model folder may hold: plain data that no loader runs.

`trust_remote_code=False` is not a boundary (CVE-2026-4372, CVE-2026-5241: a key of config.json ran
code), so a folder is looked through before a library sees it: by the registry before it gets a row,
and by a trainer before it loads it. Anything but plain data is refused.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from training.contract.printable import printable
from training.contract.said import say

SUFFIXES = {".safetensors", ".json", ".jinja", ".txt", ".model", ".md"}
NAMES = {"LICENSE", "NOTICE", ".gitattributes"}
KEYS_OF_CODE = {"auto_map", "trust_remote_code", "custom_pipelines", "quantization_config"}
KERNELS = {None, "eager", "sdpa"}  # any other attention implementation is code from the hub
MAX_JSON_BYTES = 64 * 2**20
LONGEST = 500  # characters of a message
CONFIG, TOKENIZER = "config.json", "tokenizer.json"


class UnsafeFolderError(ValueError):
    """The folder may not be loaded; the message names the file and the reason.

    It may quote what the folder holds: what no log and no database can is escaped.
    """

    def __init__(self, message: str) -> None:
        super().__init__(printable(message[:LONGEST]))


def check(folder: Path) -> None:
    """UnsafeFolderError unless `folder` holds a model as plain data and nothing else."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            raise UnsafeFolderError(say("{name} is a symbolic link", name=name))
        if path.is_dir():
            continue
        if not path.is_file():
            raise UnsafeFolderError(say("{name} is no file", name=name))
        if path.suffix not in SUFFIXES and name not in NAMES:
            raise UnsafeFolderError(
                say("{name}: a model is safetensors and plain data, nothing else", name=name)
            )
        if path.suffix == ".json":
            _check_json(path, name)
        if path.suffix == ".jinja":
            _check_template(_text(path, name), name)
    if not (folder / CONFIG).is_file():
        raise UnsafeFolderError(say("{name} has no {config}", name=folder.name, config=CONFIG))
    if not any(folder.glob("*.safetensors")):
        raise UnsafeFolderError(say("{name} has no safetensors weights", name=folder.name))


def layers(folder: Path) -> int:
    """How many layers the model has; UnsafeFolderError where its configuration does not say."""
    content = load_json(folder / CONFIG, CONFIG)
    for key in ("num_hidden_layers", "n_layer"):
        if isinstance(content, dict) and type(content.get(key)) is int:
            return int(content[key])
    raise UnsafeFolderError(
        say("{config} does not say how many layers the model has", config=CONFIG)
    )


def load_json(path: Path, name: str) -> Any:
    """The content of a JSON file of a model folder; UnsafeFolderError when it has none."""
    try:
        return json.loads(_text(path, name))
    except (ValueError, RecursionError) as error:
        raise UnsafeFolderError(
            say("{name} is not JSON: {error}", name=name, error=error)
        ) from error


def _text(path: Path, name: str) -> str:
    if path.stat().st_size > MAX_JSON_BYTES:
        raise UnsafeFolderError(
            say(
                "{name} is larger than {max_json_bytes} bytes",
                name=name,
                max_json_bytes=MAX_JSON_BYTES,
            )
        )
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise UnsafeFolderError(
            say("{name} is not text: {error}", name=name, error=error)
        ) from error
    except OSError as error:
        raise UnsafeFolderError(
            say("{name} cannot be read: {strerror}", name=name, strerror=error.strerror)
        ) from error


def _check_json(path: Path, name: str) -> None:
    content = load_json(path, name)
    if name == TOKENIZER:  # a vocabulary has any word as a key, and no library runs one
        return
    for part in _parts(content):
        for key, item in part.items() if isinstance(part, dict) else ():
            _check_key(key, item, name)
            if key == "chat_template":  # a tokenizer may have several, by name
                for text in _parts(item):
                    if isinstance(text, str):
                        _check_template(text, name)


def _parts(value: Any) -> Iterator[Any]:
    """`value` and all that objects and lists in it hold, at any depth."""
    pending = [value]
    while pending:
        part = pending.pop()
        yield part
        if isinstance(part, dict):
            pending += part.values()
        elif isinstance(part, list):
            pending += part


def _check_key(key: str, item: Any, name: str) -> None:
    if key in KEYS_OF_CODE or key.rstrip("_").endswith("_implementation_internal"):
        raise UnsafeFolderError(say("{name}: the key {key} can load code", name=name, key=key))
    if key.endswith("_implementation") and (isinstance(item, dict | list) or item not in KERNELS):
        raise UnsafeFolderError(
            say("{name}: {key} {item} can load code", name=name, key=key, item=f"{item!r}")
        )


def _check_template(text: str, name: str) -> None:
    from training.contract import templates  # noqa: PLC0415  only who takes in a model needs Jinja

    try:
        templates.check(text)
    except templates.UnsafeTemplateError as error:
        raise UnsafeFolderError(
            say("{name}: the chat template {error}", name=name, error=error)
        ) from error
