"""The process that writes Parquet ends with its export, and half a file is never a whole one."""

import io
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from api.exports.parquet import parquet

COLUMNS = {"n": int, "said": [{"role": str, "score": float, "good": bool}], "tiers": [[int]]}
LINE = b'{"n":1,"said":[{"role":"user","score":0.5,"good":true}],"tiers":[[1],[2,3]]}\n'
ROW = {"n": 1, "said": [{"role": "user", "score": 0.5, "good": True}], "tiers": [[1], [2, 3]]}


def children():
    """The numbers of the processes that write Parquet for this one."""
    files = Path("/proc/self/task").glob("*/children")
    numbers = [number for file in files for number in file.read_text().split()]
    return [n for n in numbers if b"parquet_process" in Path(f"/proc/{n}/cmdline").read_bytes()]


def test_lines_become_rows_of_the_columns_types():
    file = io.BytesIO(b"".join(parquet([LINE, b"", LINE * 2], COLUMNS)))
    table = pq.read_table(file)
    assert str(table.schema).splitlines()[0] == "n: int64"
    assert table.to_pylist() == [ROW] * 3
    assert children() == []


def test_no_rows_are_a_file_with_the_columns():
    table = pq.read_table(io.BytesIO(b"".join(parquet([], COLUMNS))))
    assert (table.num_rows, table.column_names) == (0, list(COLUMNS))


def test_a_reader_that_leaves_ends_the_process():
    pieces = parquet(iter(lambda: LINE * 1000, b""), COLUMNS)
    next(pieces)
    assert len(children()) == 1
    pieces.close()
    assert children() == []


def test_an_error_in_the_middle_gives_no_footer(monkeypatch):
    monkeypatch.setattr("api.exports.parquet.GROUP_BYTES", 10)

    def broken():
        yield LINE
        yield LINE
        raise RuntimeError

    content = []
    with pytest.raises(RuntimeError):
        content.extend(parquet(broken(), COLUMNS))
    assert b"".join(content).startswith(b"PAR1")
    assert not b"".join(content).endswith(b"PAR1")
    assert children() == []


def test_lines_of_other_columns_are_an_error(capfd):
    with pytest.raises(EOFError):
        list(parquet([b'{"n":1,"other":2}\n'], COLUMNS))
    assert "unexpected field" in capfd.readouterr().err
    assert children() == []
