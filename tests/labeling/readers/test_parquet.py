"""Parquet as pyarrow writes it: rows, bad rows, damage, and files that unpack to too much."""

import io
from pathlib import Path

import datasets
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.errors import BadInputError, BusyError
from labeling.prompt_files import parse_prompts
from labeling.readers import parquet

USER = {"role": "user", "content": "c", "tool_calls": None}


def written(table: pa.Table, **how: object) -> bytes:
    file = io.BytesIO()
    pq.write_table(table, file, **how)
    return file.getvalue()


def children() -> list[str]:
    files = Path("/proc/self/task").glob("*/children")
    numbers = [number for file in files for number in file.read_text().split()]
    return [n for n in numbers if b"parquet_process" in Path(f"/proc/{n}/cmdline").read_bytes()]


def test_rows_of_any_types_are_read() -> None:
    table = pa.table(
        {
            "prompt": pa.array(["a", None, "b\n"]).dictionary_encode(),
            "messages": [None, [USER], None],
            "n": [1, 2, None],
            "score": [0.5, float("nan"), None],
            "meta": [{"x": [1]}, None, None],
        }
    )

    preview = parse_prompts(written(table, row_group_size=2, compression="zstd"))

    assert preview.errors == []
    assert (preview.form, preview.is_table, preview.encoding) == ("Parquet", True, "")
    assert [(row.line, row.last_text, row.metadata) for row in preview.rows] == [
        (1, "a", {"n": 1, "score": 0.5, "meta": {"x": [1]}}),
        (2, "c", {"n": 2}),
        (3, "b\n", {}),
    ]
    assert children() == []


def test_a_folder_of_datasets_holds_streams_of_arrow(tmp_path: Path) -> None:
    rows = [{"prompt": [USER], "n": 1, "note": None}, {"prompt": [USER | {"content": "d"}], "n": 2}]
    datasets.Dataset.from_list(rows).save_to_disk(tmp_path)
    (file,) = tmp_path.glob("*.arrow")

    preview = parse_prompts(file.read_bytes())

    assert (preview.form, preview.errors) == ("Arrow", [])
    assert [(row.line, row.last_text, row.metadata) for row in preview.rows] == [
        (1, "c", {"n": 1}),
        (2, "d", {"n": 2}),
    ]
    with pytest.raises(BadInputError, match="cannot be read"):
        parse_prompts(file.read_bytes()[:-300])
    assert children() == []


def test_a_bad_row_is_named() -> None:
    preview = parse_prompts(written(pa.table({"prompt": ["a", " ", "b"]})))

    assert [row.last_text for row in preview.rows] == ["a", "b"]
    assert [str(error) for error in preview.errors] == ["row 2: “prompt” is empty"]


def test_a_column_that_is_there_twice_is_told() -> None:
    table = pa.Table.from_arrays([pa.array(["a"]), pa.array(["b"])], names=["prompt", "prompt"])

    preview = parse_prompts(written(table))

    assert [str(e) for e in preview.errors] == ["row 1: the object has the key “prompt” twice"]


@pytest.mark.parametrize("cut", [slice(0, 100), slice(0, -20), slice(0, 4)])
def test_a_damaged_file_is_told(cut: slice) -> None:
    raw = written(pa.table({"prompt": [f"egg {n}" for n in range(1000)]}))

    with pytest.raises(BadInputError, match="This Parquet or Arrow file cannot be read"):
        parse_prompts(raw[cut])
    assert children() == []


def test_damage_within_is_told() -> None:
    raw = bytearray(written(pa.table({"prompt": ["How long?"] * 5000}), compression="zstd"))
    raw[8:40] = b"\xff" * 32

    with pytest.raises(BadInputError, match="This Parquet or Arrow file cannot be read"):
        parse_prompts(bytes(raw))


def test_a_small_file_of_many_rows_is_refused_before_the_first_is_read() -> None:
    raw = written(pa.table({"prompt": pa.array(["a"] * 3_000_000)}))
    assert len(raw) < 100_000

    with pytest.raises(BadInputError, match="more than 50000 entries"):
        parse_prompts(raw)
    with pytest.raises(BadInputError, match="more than 2999999 entries"):
        next(parquet.source(io.BytesIO(raw), _columns(), most=2_999_999).entries)
    assert children() == []


def test_a_small_file_of_large_texts_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "UNPACKED", 2**22)
    raw = written(pa.table({"prompt": ["a" * 1_000_000] * 6}), compression="zstd")
    assert len(raw) < 2_000

    with pytest.raises(BadInputError, match="more than 4 MB when unpacked"):
        parse_prompts(raw)


def test_a_bomb_is_refused_before_it_takes_the_machine() -> None:
    raw = written(pa.table({"prompt": ["a" * 700_000_000]}), compression="zstd")

    with pytest.raises(BadInputError, match=r"cannot be read|when unpacked"):
        parse_prompts(raw)
    assert children() == []


def test_only_so_many_are_read_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "WAIT", 0.01)
    raw = written(pa.table({"prompt": ["a", "b"]}))
    file = io.BytesIO(raw)
    open_files = [parquet.source(file, _columns(), most=2).entries for _ in range(parquet.AT_ONCE)]
    first = [next(entries) for entries in open_files]

    with pytest.raises(BusyError):
        parse_prompts(raw)
    for entries in open_files:
        entries.close()

    assert first == [(1, {"prompt": "a"})] * parquet.AT_ONCE
    assert len(parse_prompts(raw).rows) == 2


def _columns() -> parquet.Columns:
    return parquet.Columns(needed=("prompt",))
