"""Exports as files: whole, the same in both encodings, at a cost that does not grow."""

import pyarrow.parquet as pq
import pytest

from api.exports.filters import Filters
from labeling.datasets import DEMONSTRATIONS
from labeling.kinds import kinds
from labeling.models import Project, Role
from tests.api.kitchen import DATASETS, annotate, bearer, get_rows
from tests.factories import (
    make_completion,
    make_member,
    make_project,
    make_prompt,
    make_task,
    make_user,
)
from tests.streams import read_at_once

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("dataset", DATASETS)
def test_parquet_holds_the_same_rows(client, kitchen, dataset, tmp_path):
    user = make_member(kitchen, role=Role.MANAGER)
    path = f"/api/v1/projects/kitchen/exports/{dataset}.parquet"
    response = client.get(path, headers=bearer(user))
    file = tmp_path / "rows.parquet"
    file.write_bytes(b"".join(response.streaming_content))
    assert pq.read_table(file).to_pylist() == get_rows(client, kitchen, dataset, user=user)


@pytest.mark.parametrize("dataset", DATASETS)
def test_an_empty_export_is_a_valid_file(client, dataset, tmp_path):
    project = make_project()
    assert get_rows(client, project, dataset) == []
    path = f"/api/v1/projects/{project.slug}/exports/{dataset}.parquet"
    response = client.get(path, headers=bearer(make_member(project, role=Role.MANAGER)))
    file = tmp_path / "rows.parquet"
    file.write_bytes(b"".join(response.streaming_content))
    assert pq.read_table(file).num_rows == 0


def test_a_kind_that_gives_other_columns_is_an_error(client, kitchen, monkeypatch):
    kind = kinds()["demonstration"]
    monkeypatch.setattr(
        type(kind), "exports", {DEMONSTRATIONS: lambda annotation: iter([{"text": "?"}])}
    )
    with pytest.raises(TypeError, match="demonstration has other columns than demonstrations"):
        get_rows(client, kitchen, "demonstrations")


@pytest.mark.parametrize("dataset", DATASETS)
def test_rows_across_pages_and_groups_come_once_and_in_order(
    client, dataset, monkeypatch, tmp_path
):
    from api.exports import reading

    project = make_project()
    ada = make_member(project)
    prompt = make_prompt(project)
    group = [make_completion(prompt) for _ in range(2)]
    for _ in range(7):
        task = make_task(project, "ranking", prompt=prompt, texts=["a", "b"])
        a, b = task.completions.values_list("pk", flat=True)
        annotate(task, ada, {"tiers": [[a], [b]], "unacceptable": []})
        annotate(make_task(project), ada, {"text": "x"})
    assert len(group) == 2
    whole = get_rows(client, project, dataset)
    monkeypatch.setattr(reading, "KEYS_AT_FIRST", 1)
    monkeypatch.setattr(reading, "KEYS_AT_MOST", 2)
    monkeypatch.setattr(reading, "KEYS_PER_READ", 3)
    assert get_rows(client, project, dataset) == whole
    path = f"/api/v1/projects/{project.slug}/exports/{dataset}.parquet"
    response = client.get(path, headers=bearer(make_member(project, role=Role.MANAGER)))
    file = tmp_path / "rows.parquet"
    file.write_bytes(b"".join(response.streaming_content))
    assert pq.read_table(file).to_pylist() == whole


def test_a_piece_takes_fewer_annotations_where_each_gives_more(client, monkeypatch):
    from api.exports import reading

    project = make_project()
    ada = make_member(project)
    for _ in range(20):
        annotate(make_task(project), ada, {"text": "x" * 1000})
    wanted = reading._source(DEMONSTRATIONS, project, Filters())
    counts = []
    monkeypatch.setattr(
        reading,
        "_source",
        lambda *_: (wanted[0], lambda keys: counts.append(len(keys)) or wanted[1](keys)),
    )
    monkeypatch.setattr(reading, "KEYS_AT_FIRST", 1)
    monkeypatch.setattr(reading, "PIECE", 9000)
    pieces = list(reading.lines(DEMONSTRATIONS, project, Filters()))
    assert counts == [1, 4, 6, 6, 3]
    assert [piece.count(b"\n") for piece in pieces] == counts


def test_a_page_of_rows_costs_a_constant_number_of_queries(
    client, kitchen, django_assert_num_queries, monkeypatch
):
    from api.exports import records

    pages = []  # Django does not count what comes as a stream
    rows_of = records._rows
    monkeypatch.setattr(records, "_rows", lambda *page: pages.append(page) or rows_of(*page))
    headers = bearer(make_member(kitchen, role=Role.MANAGER))
    path = "/api/v1/projects/kitchen/exports/preferences.jsonl"
    b"".join(client.get(path, headers=headers).streaming_content)

    def export():
        b"".join(client.get(path, headers=headers).streaming_content)

    ada = make_member(kitchen)
    # token and its use, project with membership, pseudonyms, preambles, newest, keys
    with django_assert_num_queries(7):
        export()
    assert len(pages) == 2  # one query for each export
    for _ in range(3):
        task = make_task(kitchen, "ranking", texts=["a", "b"])
        a, b = task.completions.values_list("pk", flat=True)
        annotate(task, ada, {"tiers": [[a], [b]], "unacceptable": []})
    with django_assert_num_queries(7):
        export()
    assert len(pages) == 3


@pytest.mark.parametrize(
    ("role", "status"),
    [(None, 404), (Role.ANNOTATOR, 403), (Role.REVIEWER, 200), (Role.MANAGER, 200)],
)
def test_who_may_export(client, kitchen, role, status):
    user = make_member(kitchen, role=role) if role else make_user()
    path = "/api/v1/projects/kitchen/exports/preferences.jsonl"
    assert client.get(path, headers=bearer(user)).status_code == status
    client.force_login(user)
    assert client.get("/projects/kitchen/export/preferences.jsonl").status_code == status


def test_a_foreign_project_answers_like_one_that_is_not_there(client, kitchen):
    headers = bearer(make_user())
    path = "/api/v1/projects/kitchen/exports/prompts.jsonl"
    foreign = client.get(path, headers=headers).json()
    Project.objects.filter(pk=kitchen.pk).update(slug="moved")
    nowhere = client.get(path, headers=headers).json()

    assert foreign.pop("request_id") != nowhere.pop("request_id")
    assert foreign == nowhere
    assert foreign["type"] == "not_found"


@pytest.mark.django_db(transaction=True)
def test_slow_readers_keep_no_thread(client, kitchen, monkeypatch):
    from api.exports import reading

    monkeypatch.setattr(reading, "KEYS_AT_FIRST", 1)
    monkeypatch.setattr(reading, "KEYS_AT_MOST", 1)
    headers = bearer(make_member(kitchen, role=Role.MANAGER))
    path = "/api/v1/projects/kitchen/exports/prompts.jsonl"
    whole = b"".join(client.get(path, headers=headers).streaming_content)

    found = read_at_once(4, path, {"Host": "testserver", **headers})

    assert found == [(200, whole)] * 4
