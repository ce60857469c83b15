"""What a model folder may hold: plain data that no loader runs.

`trust_remote_code=False` is not a boundary (CVE-2026-4372, CVE-2026-5241: code by config.json), so
a folder is refused here, before it gets a row that a training process could be pointed at.
"""

import json
import re
from pathlib import Path
from typing import Any

from core.errors import BadInputError
from registry.safetensors import Tensor, read_header

SUFFIXES = {".safetensors", ".json", ".jinja", ".txt", ".model", ".md"}
NAMES = {"LICENSE", "NOTICE"}
KEYS_OF_CODE = {"auto_map", "trust_remote_code", "custom_pipelines", "quantization_config"}
KERNELS = {None, "eager", "sdpa"}  # any other attention implementation is code from the hub
MAX_JSON_BYTES = 64 * 2**20
EMBEDDINGS = ("embed_tokens.weight", "wte.weight", "word_embeddings.weight")


def check(folder: Path) -> dict[str, Tensor]:
    """The tensors of a model folder that may be loaded; BadInputError says why it may not."""
    tensors: dict[str, Tensor] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            raise BadInputError(f"{name} is a symbolic link")
        if path.is_dir():
            continue
        if path.suffix not in SUFFIXES and name not in NAMES:
            raise BadInputError(f"{name}: a model is safetensors and plain data, nothing else")
        if path.suffix == ".json":
            _check_json(path, name)
        if path.suffix == ".jinja":
            _check_template(path.read_text(encoding="utf-8"), name)
        if path.suffix == ".safetensors":
            tensors |= read_header(path)
    if not tensors:
        raise BadInputError(f"{folder.name} has no safetensors weights")
    _check_vocabulary(folder, tensors)
    return tensors


def _load(path: Path, name: str) -> Any:
    if path.stat().st_size > MAX_JSON_BYTES:
        raise BadInputError(f"{name} is larger than {MAX_JSON_BYTES} bytes")
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise BadInputError(f"{name} is not JSON: {error}") from error


def _check_json(path: Path, name: str) -> None:
    content = _load(path, name)
    if name == "tokenizer.json":  # its vocabulary has any word as a key
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
            raise BadInputError(f"{name}: the key {key} can load code")
        if key.endswith("_implementation") and item not in KERNELS:
            raise BadInputError(f"{name}: {key} {item!r} can load code")
        _check_keys(item, name)


def _check_template(text: str, name: str) -> None:
    """A chat template is a program: it may not reach for Python's attributes."""
    if re.search(r"__|\battr\b", text):
        raise BadInputError(f"{name}: the chat template reaches for attributes of Python objects")


def _check_vocabulary(folder: Path, tensors: dict[str, Tensor]) -> None:
    """The tokenizer must not write ids for which the model has no row."""
    rows = [t.shape[0] for name, t in tensors.items() if name.endswith(EMBEDDINGS) and t.shape]
    if not (folder / "config.json").is_file():
        raise BadInputError(f"{folder.name} has no config.json")
    size = _load(folder / "config.json", "config.json").get("vocab_size")
    if rows and size is not None and rows[0] != size:
        raise BadInputError(f"{rows[0]} embeddings, but config.json says vocab_size {size}")
    if not (folder / "tokenizer.json").is_file():
        return
    tokenizer = _load(folder / "tokenizer.json", "tokenizer.json")
    added = [token["id"] for token in tokenizer.get("added_tokens", [])]
    vocabulary = tokenizer.get("model", {}).get("vocab", {})
    ids = list(vocabulary.values()) if isinstance(vocabulary, dict) else [len(vocabulary) - 1]
    if rows and max(ids + added, default=0) >= rows[0]:
        raise BadInputError(
            f"the tokenizer has ids up to {max(ids + added)}, the model {rows[0]} rows"
        )
