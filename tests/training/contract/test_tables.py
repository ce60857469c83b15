"""The trainers' side of each table: read as the contract states it, refused as anything else."""

import importlib
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from training import tables
from training.contract.spec import Spec
from training.contract.tables import Column, Table
from training.errors import BadInputError

ROOT = Path(__file__).resolve().parents[3]
for path in ROOT.glob("training/*/spec.py"):
    importlib.import_module(f"training.{path.parent.name}.spec")
STAGES = [spec for spec in Spec.__subclasses__() if spec.__module__.startswith("training.")]
INPUTS = [
    pytest.param(table, id=f"{spec.stage}-{name}")
    for spec in STAGES
    for name, table in spec.data.items()
]
OUTPUTS = [
    pytest.param(table, id=f"{spec.stage}-{name}")
    for spec in STAGES
    for name, table in spec.output.items()
]


def write(path: Path, fields: list[tuple[str, Any]]) -> Path:
    pq.write_table(pa.schema(fields).empty_table(), path)
    return path


def fields_of(table: Table) -> list[tuple[str, Any]]:
    return [(field.name, field.type) for field in table.schema(pa)]


def test_there_are_stages_with_tables_and_results() -> None:
    assert [spec for spec in STAGES if not spec.results] == []
    assert len(STAGES) >= 6
    assert len(INPUTS) >= 10
    assert len(OUTPUTS) >= 3


@pytest.mark.parametrize("table", INPUTS)
def test_an_input_is_read_with_exactly_the_columns_of_its_table(
    tmp_path: Path, table: Table
) -> None:
    fields = fields_of(table)
    assert tables.read(write(tmp_path / "t.parquet", fields), table) == []

    for place, (name, _) in enumerate(fields):
        renamed = [*fields[:place], (f"{name}_", fields[place][1]), *fields[place + 1 :]]
        retyped = [*fields[:place], (name, pa.duration("s")), *fields[place + 1 :]]
        optional = table.columns[name].optional
        missing = [] if optional else [renamed, fields[:place] + fields[place + 1 :]]
        for drifted in (retyped, *missing):
            with pytest.raises(BadInputError, match=f"column {name} is "):
                tables.read(write(tmp_path / "t.parquet", drifted), table)
    with pytest.raises(BadInputError, match="column more is int64, not missing"):
        tables.read(write(tmp_path / "t.parquet", [*fields, ("more", pa.int64())]), table)


@pytest.mark.parametrize("table", OUTPUTS)
def test_an_output_has_exactly_the_columns_of_its_table(tmp_path: Path, table: Table) -> None:
    row = dict.fromkeys([*table.columns, "more"])
    tables.write(tmp_path / "t.parquet", [row], table)

    assert pq.read_schema(tmp_path / "t.parquet") == table.schema(pa)


def test_rows_come_back_and_a_file_that_is_none_is_named(tmp_path: Path) -> None:
    table = Table({"id": Column("int64", "a number"), "words": Column(["string"], "some")})
    rows = [{"id": 1, "words": ["你好"]}, {"id": 2, "words": []}]
    tables.write(tmp_path / "t.parquet", rows, table)

    assert tables.read(tmp_path / "t.parquet", table) == rows
    assert [path.name for path in tmp_path.iterdir()] == ["t.parquet"]
    with pytest.raises(BadInputError, match=r"other\.parquet"):
        tables.read(tmp_path / "other.parquet", table)


def test_a_file_of_before_an_optional_column_reads_as_if_it_said_nothing(tmp_path: Path) -> None:
    before = Table({"id": Column("int64", "a number")})
    now = before | Table({"weight": Column("double", "how much it counts", optional=True)})
    tables.write(tmp_path / "t.parquet", [{"id": 1}], before)

    assert tables.read(tmp_path / "t.parquet", now) == [{"id": 1, "weight": None}]
    tables.write(tmp_path / "u.parquet", [{"id": 1}], now)
    with pytest.raises(BadInputError, match="column weight is double, not missing"):
        tables.read(tmp_path / "u.parquet", before)
