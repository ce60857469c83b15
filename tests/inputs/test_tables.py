"""Tables and Parquet files that are no good (B2 to B4): through each door that takes them."""

import csv
import io
import time

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from accounts.models import User
from labeling.models import Project
from tests.inputs.doors import Door

# Rows of a table after a first and a good one, and what is said of the third.
BAD_ROWS = [
    ('"open,{rest}\n', 'a quotation mark (") opens a cell here and none closes it'),
    ('"a"b,{rest}\n', 'a quotation mark (") within a quoted cell must be doubled ("")'),
    ("a\n", "it has 1 cells, the first row"),
    ("a,{rest},more\n", "cells, the first row"),
]


def table(door: Door, *texts: str) -> str:
    """Good rows as CSV."""
    rows = [door.row(text) for text in texts]
    file = io.StringIO()
    writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows({k: _cell(v) for k, v in row.items()} for row in rows)
    return file.getvalue()


def _cell(value: object) -> object:
    return str(value).replace("'", '"') if isinstance(value, dict) else value


def parquet(door: Door, *texts: str, **how: object) -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.Table.from_pylist([door.row(text) for text in texts]), file, **how)
    return file.getvalue()


def test_a_bad_row_is_named_and_nothing_is_kept(table_door: Door, project: Project, mona: User):
    good = table(table_door, "Egg?")
    rest = ",".join("x" * good.splitlines()[0].count(","))
    bad = [(row.format(rest=rest), what) for row, what in BAD_ROWS]
    odd = table(table_door, "<odd>").splitlines()[1].replace("<odd>", "a\0")

    for row, what in [*bad, (odd, "holds a NUL character")]:
        raw = (good + row).encode()
        said = table_door.send(project, mona, raw, "a.csv")
        is_named = "row 3: " in said.text or "line 3: " in said.text
        assert (said.status, is_named, what in said.text) == (422, True, True), row
        assert table_door.stored(project) == []


def test_a_bad_head_is_told(table_door: Door, project: Project, mona: User):
    names, row = table(table_door, "Egg?").splitlines()
    first = names.partition(",")[0]

    for raw, what in [
        (f"{names},{first}\n{row},x\n", f"Two columns are named “{first}”."),
        (f"{names}{',a' * 200}\n{row}{',b' * 200}\n", "The table has more than 200 columns."),
        ("kitchen,b,c,d,e\nx,y,z,u,v\n", "none of these is known here: kitchen"),
        (f'"{names}\n{row}\n', "row 1: a quotation mark"),
    ]:
        said = table_door.send(project, mona, raw.encode(), "a.csv")
        assert (said.status, what in said.text) == (422, True), raw
    assert table_door.stored(project) == []


def test_a_cell_may_be_larger_than_pythons_limit(table_door: Door, project: Project, mona: User):
    """131,072 characters; beyond that the text's own limit is told, with its row."""
    raw = table(table_door, "Egg?", "x" * 200_000).encode()

    said = table_door.send(project, mona, raw, "a.csv")

    assert (said.status, "row 3: “prompt” is longer than 32000" in said.text) == (422, True)
    table_door.send(project, mona, table(table_door, "x" * 32_000).encode(), "a.csv")
    assert table_door.stored(project) == ["x" * 32_000]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_tables_as_excel_saves_them(table_door: Door, project: Project, mona: User, encoding: str):
    texts = ["鸡蛋煮多久？", 'a "quoted", text\nof two lines', "=1+1"]

    said = table_door.send(project, mona, table(table_door, *texts).encode(encoding), "a.csv")

    assert (said.status in {200, 201}, table_door.stored(project)) == (True, texts)


def test_parquet_that_is_none_is_told(parquet_door: Door, project: Project, mona: User):
    whole = parquet(parquet_door, *(f"Egg {n}?" for n in range(1000)), compression="zstd")
    damaged = bytearray(whole)
    damaged[8:200] = b"\xff" * 192

    for raw, what in [
        (whole[: len(whole) // 2], "This Parquet or Arrow file cannot be read"),
        (whole[:-20], "This Parquet or Arrow file cannot be read"),
        (b"PAR1", "This Parquet or Arrow file cannot be read"),
        (bytes(damaged), "This Parquet or Arrow file cannot be read"),
        (b"XXXX" + whole[4:], "not UTF-8 text"),
    ]:
        said = parquet_door.send(project, mona, raw, "a.parquet")
        assert (said.status, what in said.text) == (422, True), raw[:20]
    assert parquet_door.stored(project) == []


def test_nested_columns_are_taken_and_misplaced_ones_named(
    parquet_door: Door, project: Project, mona: User
):
    messages = [{"role": "user", "content": "Egg?"}]
    row = {**parquet_door.row("x"), "prompt": messages, "about": {"a": [{"b": 1.5}]}}
    file, odd = io.BytesIO(), io.BytesIO()
    pq.write_table(pa.Table.from_pylist([row]), file)
    pq.write_table(pa.Table.from_pylist([{**row, "prompt": {"a": [1]}}]), odd)

    refused = parquet_door.send(project, mona, odd.getvalue(), "a.parquet")
    assert (refused.status, "row 1: " in refused.text) == (422, True)
    assert parquet_door.stored(project) == []
    parquet_door.send(project, mona, file.getvalue(), "a.parquet")
    assert parquet_door.stored(project) == ["Egg?"]
    assert project.prompts.get().metadata == {"about": {"a": [{"b": 1.5}]}}


def test_ten_million_rows_in_one_group_are_refused_at_once(
    parquet_door: Door, project: Project, mona: User
):
    columns = {name: pa.array([text] * 10**7).dictionary_encode()
               for name, text in parquet_door.row("Egg?").items()}  # fmt: skip
    file = io.BytesIO()
    pq.write_table(pa.table(columns), file, row_group_size=10**7)
    began = time.process_time()

    said = parquet_door.send(project, mona, file.getvalue(), "a.parquet")

    assert (said.status, "split it" in said.text) == (422, True)
    assert time.process_time() - began < 10
    assert parquet_door.stored(project) == []
