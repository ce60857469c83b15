"""A process that turns JSON lines into a Parquet file, a piece at a time: see api.exports.parquet.

It imports nothing of Rondo. On its standard input and output each message is a length (8 bytes,
little-endian) and as many bytes. The first says the columns and how many bytes of JSON make a row
group; then each piece of JSON lines is answered by what came to the file with it, perhaps nothing.
An empty piece asks for the rest with the footer. Input that ends without one gives no footer, so
that half a file is never taken for a whole one.
"""

import io
import json
import sys
from typing import Any, BinaryIO

# pyarrow does without NumPy here, and the process is 20 MB smaller.
sys.modules["numpy"] = None  # type: ignore[assignment]

import pyarrow as pa  # noqa: E402
import pyarrow.json as pj  # noqa: E402
import pyarrow.parquet as pq  # noqa: E402

PLAIN = {"str": pa.string(), "int": pa.int64(), "float": pa.float64(), "bool": pa.bool_()}


def arrow(column: Any) -> pa.DataType:
    """The type of a column, as labeling.datasets has it with names for Python's types."""
    if isinstance(column, list):
        return pa.list_(arrow(column[0]))
    if isinstance(column, dict):
        return pa.struct([(name, arrow(kind)) for name, kind in column.items()])
    return PLAIN[column]


def table(lines: bytes, schema: pa.Schema) -> pa.Table:
    """The rows of `lines`; an error where one has other columns."""
    return pj.read_json(
        io.BytesIO(lines),
        read_options=pj.ReadOptions(use_threads=False, block_size=len(lines) + 1),
        parse_options=pj.ParseOptions(
            explicit_schema=schema, unexpected_field_behavior="error", newlines_in_values=False
        ),
    )


def receive(source: BinaryIO) -> bytes:
    """One message; EOFError where the other side has gone."""
    size = int.from_bytes(_exactly(source, 8), "little")
    return _exactly(source, size)


def send(sink: BinaryIO, content: bytes) -> None:
    """One message."""
    sink.write(len(content).to_bytes(8, "little"))
    sink.write(content)
    sink.flush()


def serve(source: BinaryIO, sink: BinaryIO) -> None:
    """Write one file."""
    first = json.loads(receive(source))
    schema = pa.schema([(name, arrow(kind)) for name, kind in first["columns"].items()])
    drain, waiting = Drain(), io.BytesIO()
    writer = pq.ParquetWriter(drain, schema, compression="zstd")
    while piece := receive(source):
        waiting.write(piece)
        if waiting.tell() >= first["group_bytes"]:
            writer.write_table(table(waiting.getvalue(), schema))
            waiting = io.BytesIO()
        send(sink, drain.take())
    if waiting.tell():
        writer.write_table(table(waiting.getvalue(), schema))
    writer.close()
    send(sink, drain.take())


class Drain(io.RawIOBase):
    """A file that is emptied while it is written; it only ever grows at its end."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[bytes] = []
        self._position = 0

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self._parts.append(bytes(data))
        self._position += len(data)
        return len(data)

    def close(self) -> None:
        """The parts stay to be taken."""

    def take(self) -> bytes:
        """What was written since the last time."""
        taken = b"".join(self._parts)
        self._parts = []
        return taken


def _exactly(source: BinaryIO, size: int) -> bytes:
    content = source.read(size)
    if len(content) < size:
        raise EOFError
    return content


if __name__ == "__main__":
    try:
        serve(sys.stdin.buffer, sys.stdout.buffer)
    except (EOFError, BrokenPipeError, KeyboardInterrupt):
        sys.exit(1)
