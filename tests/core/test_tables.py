"""Tables of the contract are written whole, and read by their columns."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.tables import read_rows, write_rows
from training.contract.tables import PROMPTS, Column, Table

ROW = {"prompt_id": 1, "messages": [{"role": "user", "content": "你好"}]}


def test_rows_come_back_without_what_the_table_does_not_have(tmp_path: Path) -> None:
    path = tmp_path / "data" / "prompts.parquet"

    assert (
        write_rows(path, ({**ROW, "prompt_id": n, "split": "train"} for n in range(3)), PROMPTS)
        == 3
    )

    assert list(read_rows(path, PROMPTS)) == [
        {**ROW, "prompt_id": n, "given": None} for n in range(3)
    ]
    assert pq.read_schema(path) == PROMPTS.schema(pa)


@pytest.mark.parametrize("row", [{"prompt_id": 1}, {**ROW, "prompt_id": "one"}])
def test_a_row_that_is_not_of_the_table_is_refused(tmp_path: Path, row: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"has no messages|Could not convert"):
        write_rows(tmp_path / "prompts.parquet", [row], PROMPTS)


def test_a_file_without_a_column_is_refused(tmp_path: Path) -> None:
    pq.write_table(pa.table({"prompt_id": [1]}), tmp_path / "prompts.parquet")

    with pytest.raises(ValueError, match=r"prompts\.parquet has no column messages"):
        list(read_rows(tmp_path / "prompts.parquet", PROMPTS))


def test_an_optional_column_may_be_missing_in_a_row_and_in_a_file(tmp_path: Path) -> None:
    table = PROMPTS | Table({"weight": Column("double", "how much it counts", optional=True)})
    write_rows(tmp_path / "old.parquet", [ROW], PROMPTS)
    write_rows(tmp_path / "new.parquet", [ROW, {**ROW, "weight": 0.5}], table)

    assert list(read_rows(tmp_path / "old.parquet", table)) == [
        {**ROW, "given": None, "weight": None}
    ]
    assert [row["weight"] for row in read_rows(tmp_path / "new.parquet", table)] == [None, 0.5]
    assert pq.read_schema(tmp_path / "new.parquet") == table.schema(pa)
