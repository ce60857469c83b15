"""Whether a model folder may be taken: plain data (`contract.folders`) that fits together.

It is refused here, before it gets a row that a training process could be pointed at.
"""

from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.errors import BadInputError
from core.text import quotable
from registry.safetensors import Tensor, read_header
from training.contract import folders
from training.contract.folders import CONFIG, TOKENIZER, UnsafeFolderError, load_json

EMBEDDINGS = ("embed_tokens.weight", "wte.weight", "word_embeddings.weight")
Id = Annotated[int, Field(ge=0, lt=2**31)]


class Part(BaseModel):
    """Of a JSON file what is compared here; the rest is the libraries' to read."""

    model_config = ConfigDict(strict=True)


class Config(Part):
    """config.json."""

    vocab_size: Id | None = None


class Token(Part):
    """A token beside the vocabulary."""

    id: Id


class Vocabulary(Part):
    """Words with their ids, or a list of words with their scores, by id."""

    vocab: dict[str, Id] | list[list[str | float]] = Field(default_factory=dict)

    @property
    def highest(self) -> int:
        """The highest id; -1 where there is none."""
        if isinstance(self.vocab, list):
            return len(self.vocab) - 1
        return max(self.vocab.values(), default=-1)


class Tokenizer(Part):
    """tokenizer.json."""

    added_tokens: list[Token] | None = None
    model: Vocabulary = Field(default_factory=Vocabulary)


File = TypeVar("File", bound=Part)


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
    size = _read(folder, CONFIG, Config).vocab_size
    if rows and size is not None and rows[0] != size:
        raise BadInputError(f"{rows[0]} embeddings, but {CONFIG} says vocab_size {size}")
    if not (folder / TOKENIZER).is_file():
        return
    tokenizer = _read(folder, TOKENIZER, Tokenizer)
    added = [token.id for token in tokenizer.added_tokens or []]
    highest = max([tokenizer.model.highest, *added])
    if rows and highest >= rows[0]:
        raise BadInputError(f"the tokenizer has ids up to {highest}, the model {rows[0]} rows")


def _read(folder: Path, name: str, form: type[File]) -> File:
    try:
        return form.model_validate(load_json(folder / name, name))
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        where = ".".join(quotable(str(part)) for part in first["loc"]) or "the top"
        raise BadInputError(f"{name} is wrong at {where}: {first['msg']}") from error
