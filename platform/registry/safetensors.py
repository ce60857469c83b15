"""The header of a safetensors file, read without its library, and checked against the file.

Format: 8 bytes length of the header, the header as JSON, then the tensors without gaps
(https://huggingface.co/docs/safetensors). A header that lies is found before a loader believes it.
"""

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import BadInputError

MAX_HEADER_BYTES = 25 * 2**20
BYTES = {
    "F64": 8, "I64": 8, "U64": 8,
    "F32": 4, "I32": 4, "U32": 4,
    "F16": 2, "BF16": 2, "I16": 2, "U16": 2,
    "I8": 1, "U8": 1, "BOOL": 1, "F8_E4M3": 1, "F8_E5M2": 1,
}  # fmt: skip


@dataclass(frozen=True)
class Tensor:
    """Type and shape of one tensor."""

    dtype: str
    shape: tuple[int, ...]

    @property
    def parameters(self) -> int:
        """How many numbers it holds."""
        return math.prod(self.shape)


def read_header(path: Path) -> dict[str, Tensor]:
    """Name -> tensor; BadInputError when the header does not describe exactly this file."""
    size = path.stat().st_size
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if size < 8 or length > min(MAX_HEADER_BYTES, size - 8):
            raise BadInputError(f"{path.name}: its header would be {length} bytes long")
        try:
            header = json.loads(file.read(length))
            entries = {name: header[name] for name in header if name != "__metadata__"}
            tensors = {name: _tensor(entry) for name, entry in entries.items()}
            spans = sorted(tuple(entry["data_offsets"]) for entry in entries.values())
            sizes = {
                name: BYTES[tensor.dtype] * tensor.parameters for name, tensor in tensors.items()
            }
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise BadInputError(f"{path.name}: its header cannot be read") from error
    position = 0
    for start, end in spans:
        if start != position or end < start:
            raise BadInputError(f"{path.name}: its tensors overlap or leave gaps")
        position = end
    if position != size - 8 - length:
        raise BadInputError(f"{path.name}: {position} bytes of tensors in a file of {size}")
    for name, expected in sizes.items():
        start, end = entries[name]["data_offsets"]
        if end - start != expected:
            raise BadInputError(f"{path.name}: {name} has another size than its shape says")
    return tensors


def _tensor(entry: dict[str, Any]) -> Tensor:
    shape = tuple(int(n) for n in entry["shape"])
    if any(n < 0 for n in shape):
        raise ValueError(shape)
    return Tensor(entry["dtype"], shape)
