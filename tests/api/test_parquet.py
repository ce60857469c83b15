"""The process that writes Parquet ends with its export, and half a file is never a whole one."""

import io
import random
from itertools import cycle
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from api.exports.parquet import parquet

COLUMNS = {"n": int, "said": [{"role": str, "score": float, "good": bool}], "tiers": [[int]]}
LINE = b'{"n":1,"said":[{"role":"user","score":0.5,"good":true}],"tiers":[[1],[2,3]]}\n'
ROW = {"n": 1, "said": [{"role": "user", "score": 0.5, "good": True}], "tiers": [[1], [2, 3]]}
TEXTS = [random.Random(number).randbytes(2_000).hex() for number in range(5_000)]
TEXT_LINES = [b'{"text":"%s"}\n' % text.encode() for text in TEXTS]
PIECES = [b"".join(TEXT_LINES[:2_000]), b"".join(TEXT_LINES[2_000:])]  # each more than a pipe holds


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
    pieces = parquet(cycle(PIECES), {"text": str})
    while not next(pieces):  # once something comes, it has started
        pass
    assert len(children()) == 1
    pieces.close()
    assert children() == []


def test_large_pieces_flow_both_ways_and_make_groups():
    file = pq.ParquetFile(io.BytesIO(b"".join(parquet(PIECES, {"text": str}))))
    assert file.read().to_pydict() == {"text": TEXTS}
    assert file.num_row_groups == 5  # of 4 MiB each


def test_an_error_in_the_middle_gives_no_footer():
    def broken():
        yield from PIECES
        raise RuntimeError

    content = []
    with pytest.raises(RuntimeError):
        content.extend(parquet(broken(), {"text": str}))
    assert b"".join(content).startswith(b"PAR1")
    assert not b"".join(content).endswith(b"PAR1")
    assert children() == []


@pytest.mark.parametrize("times", [1, 100_000])  # found at the end, and while writing
def test_lines_of_other_types_are_an_error(capfd, times):
    with pytest.raises(EOFError):
        list(parquet([b'{"n":"one"}\n' * times] * 2, COLUMNS))
    assert "'n'" in capfd.readouterr().err
    assert children() == []
