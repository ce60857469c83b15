"""Exports as rows and tables, from the real application."""

import json
from pathlib import Path

import pytest
from django.test import Client as Browser

from labeling.models import Project, Role
from rondo_client import Client
from tests.api.kitchen import kitchen  # noqa: F401  a fixture
from tests.client.changing import Changing
from tests.client.served import client_of
from tests.factories import make_member


@pytest.mark.django_db
def test_rows_tables_and_files_have_the_same_preferences(
    kitchen: Project,  # noqa: F811
    tmp_path: Path,
) -> None:
    client = client_of(make_member(kitchen, role=Role.REVIEWER))

    rows = list(client.exports.rows("kitchen", "preferences"))
    file = client.exports.export("kitchen", "preferences", "jsonl", tmp_path / "p.jsonl")
    tables = list(client.exports.tables("kitchen", "preferences", size=2))
    table = client.exports.to_pandas("kitchen", "preferences")
    dataset = client.exports.to_dataset("kitchen", "preferences", folder=tmp_path)

    assert len(rows) > 2
    assert [json.loads(line) for line in file.read_text("utf-8").splitlines()] == rows
    assert [len(each) for each in tables][:-1] == [2] * (len(tables) - 1)
    assert [id_ for each in tables for id_ in each["annotation_id"]] == [
        row["annotation_id"] for row in rows
    ]
    assert list(table["group_id"]) == [row["group_id"] for row in rows]
    assert [row["chosen"] for row in dataset] == [row["chosen"] for row in rows]


@pytest.mark.django_db
def test_filters_are_those_of_the_api(kitchen: Project) -> None:  # noqa: F811
    client = client_of(make_member(kitchen, role=Role.REVIEWER))

    for split, language in (("train", "en"), ("heldout", "zh")):
        rows = client.exports.rows("kitchen", "prompts", split=split)
        assert [row["language"] for row in rows] == [language]


@pytest.mark.django_db
def test_a_frozen_export_is_waited_for_and_downloaded(tmp_path: Path) -> None:
    openapi = Browser().get("/api/v1/openapi.json").json()
    states = [{"state": "queued"}, {"state": "succeeded"}]
    server = Changing(openapi, read_frozen_export=[lambda row, s=s: row.update(s) for s in states])
    client = Client("https://rondo.example.org", "t", http=server)

    file = client.exports.download("kitchen", "prompts", "csv", tmp_path / "prompts.csv", timeout=9)

    assert file.read_bytes() == b"file"
    assert [path.rpartition("/")[2] for _, path in server.seen] == [
        "exports",
        "{pk}",
        "{pk}",
        "file",
    ]
