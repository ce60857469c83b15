"""The header of a safetensors file, read without its library, and checked against the file.

Format: 8 bytes length of the header, the header as JSON, then the tensors without gaps
(https://huggingface.co/docs/safetensors). A header that lies is found before a loader believes it.
"""

import json
import math
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from core.errors import BadInputError
from core.text import quotable, repeated

MAX_HEADER_BYTES = 25 * 2**20
BYTES = {
    "F64": 8, "I64": 8, "U64": 8,
    "F32": 4, "I32": 4, "U32": 4,
    "F16": 2, "BF16": 2, "I16": 2, "U16": 2,
    "I8": 1, "U8": 1, "BOOL": 1, "F8_E4M3": 1, "F8_E5M2": 1,
}  # fmt: skip
Count = Annotated[int, Field(ge=0, lt=2**63)]


class Tensor(BaseModel):
    """Type, shape and place of one tensor, exactly as a header may say them."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    dtype: str
    shape: Annotated[list[Count], Field(max_length=16)]
    data_offsets: Annotated[list[Count], Field(min_length=2, max_length=2)]

    @property
    def parameters(self) -> int:
        """How many numbers it holds."""
        return math.prod(self.shape)


Header = TypeAdapter(dict[str, Tensor])


def read_header(path: Path) -> dict[str, Tensor]:
    """Name -> tensor; BadInputError when the header does not describe exactly this file."""
    size = path.stat().st_size
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if size < 8 or length > min(MAX_HEADER_BYTES, size - 8):
            raise BadInputError(f"{path.name}: its header would be {length} bytes long")
        tensors = _parse(file.read(length), path.name)
    for name, tensor in tensors.items():
        start, end = tensor.data_offsets
        if tensor.dtype not in BYTES:
            raise BadInputError(f"{path.name}: {quotable(name)} is of an unknown type")
        if end - start != BYTES[tensor.dtype] * tensor.parameters:
            raise BadInputError(
                f"{path.name}: {quotable(name)} has another size than its shape says"
            )
    position = 0
    for start, end in sorted(tensor.data_offsets for tensor in tensors.values()):
        if start != position:
            raise BadInputError(f"{path.name}: its tensors overlap or leave gaps")
        position = end
    if position != size - 8 - length:
        raise BadInputError(f"{path.name}: {position} bytes of tensors in a file of {size}")
    return tensors


def _parse(text: bytes, name: str) -> dict[str, Tensor]:
    try:
        header = json.loads(text.decode("utf-8"), object_pairs_hook=_unique)
        if not isinstance(header, dict):
            raise BadInputError(f"{name}: its header is no JSON object")
        header.pop("__metadata__", None)
        return Header.validate_python(header)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(quotable(str(part)) for part in first["loc"])
        raise BadInputError(f"{name}: its header is wrong at {where}: {first['msg']}") from error
    except (ValueError, RecursionError) as error:
        raise BadInputError(f"{name}: its header cannot be read as JSON") from error


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Of two entries of one name, another library might take the other one."""
    if (twice := repeated(key for key, _value in pairs)) is not None:
        raise ValueError(f"{quotable(twice)} comes twice")
    return dict(pairs)
