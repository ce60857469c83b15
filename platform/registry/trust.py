"""Whether a model folder may be taken: plain data (`contract.folders`) that fits together.

It is refused here, before it gets a row that a training process could be pointed at.
"""

from pathlib import Path

from core.errors import BadInputError
from registry.safetensors import Tensor, read_header
from training.contract import folders
from training.contract.folders import CONFIG, TOKENIZER, UnsafeFolderError, load_json

EMBEDDINGS = ("embed_tokens.weight", "wte.weight", "word_embeddings.weight")


def check(folder: Path) -> dict[str, Tensor]:
    """The tensors of a model folder that may be loaded; BadInputError says why it may not."""
    try:
        folders.check(folder)
        tensors: dict[str, Tensor] = {}
        for path in sorted(folder.rglob("*.safetensors")):
            tensors |= read_header(path)
        if not tensors:
            raise BadInputError(f"{folder.name} has no safetensors weights")
        _check_vocabulary(folder, tensors)
    except UnsafeFolderError as error:
        raise BadInputError(str(error)) from error
    return tensors


def _check_vocabulary(folder: Path, tensors: dict[str, Tensor]) -> None:
    """The tokenizer must not write ids for which the model has no row."""
    rows = [t.shape[0] for name, t in tensors.items() if name.endswith(EMBEDDINGS) and t.shape]
    size = load_json(folder / CONFIG, CONFIG).get("vocab_size")
    if rows and size is not None and rows[0] != size:
        raise BadInputError(f"{rows[0]} embeddings, but {CONFIG} says vocab_size {size}")
    if not (folder / TOKENIZER).is_file():
        return
    tokenizer = load_json(folder / TOKENIZER, TOKENIZER)
    added = [token["id"] for token in tokenizer.get("added_tokens", [])]
    vocabulary = tokenizer.get("model", {}).get("vocab", {})
    ids = list(vocabulary.values()) if isinstance(vocabulary, dict) else [len(vocabulary) - 1]
    if rows and max(ids + added, default=0) >= rows[0]:
        raise BadInputError(
            f"the tokenizer has ids up to {max(ids + added)}, the model {rows[0]} rows"
        )
