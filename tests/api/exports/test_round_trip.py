"""Every export, in every form, comes in again and leaves with equal bytes in its data columns."""

import json
from io import BytesIO

import pytest

from api.exports.datasets import datasets
from api.exports.encoding import CONTENT_TYPES
from labeling.kinds import kinds, reads
from labeling.models import Annotation
from labeling.whole_files import import_file
from rounds.queries import label_counts
from rounds.snapshots import freeze
from tests.api.exports.full import fill
from tests.api.kitchen import bearer
from tests.factories import make_member, make_project, make_prompt

pytestmark = pytest.mark.django_db
# Columns of where, when, by whom and by what kind a row was made: another project says its own.
CIRCUMSTANCES = {
    "annotation_id",
    "kind",
    "annotator",
    "author",
    "round",
    "created_at",
    "active_seconds",
    "guideline_version",
    "is_chosen",
    "presorted",
    "prompt_id",
    "completion_id",
    "group_id",
}
RECORDS = {"skips", "evaluations", "samples"}  # of what happened: not imported
PAIRS = {"preferences", "openai_preferences"}
READ = sorted(datasets().keys() - RECORDS)


def data(row):
    """The bytes of the data columns; ids of texts within a row as their places in it."""
    found = {name: value for name, value in row.items() if name not in CIRCUMSTANCES}
    texts = [each for each in row.get("completions", []) if isinstance(each, dict)]
    if texts:
        place = {each["id"]: number for number, each in enumerate(texts, 1) if each["id"]}
        found["completions"] = [{**each, "id": place.get(each["id"], 0)} for each in texts]
        if "tiers" in row:
            tiers = [sorted(place.get(pk, 0) for pk in tier) for tier in row["tiers"]]
            found |= {"tiers": tiers, "edited_from": place.get(row["edited_from"], 0)}
    return json.dumps(found, ensure_ascii=False, sort_keys=True).encode()


def fetch(client, project, name):
    user = make_member(project, role="manager")
    path = f"/api/v1/projects/{project.slug}/exports/{name}"
    response = client.get(path, headers=bearer(user))
    assert response.status_code == 200
    return b"".join(response.streaming_content)


def rows_of(client, project, dataset):
    return [
        json.loads(line) for line in fetch(client, project, f"{dataset}.jsonl").split(b"\n") if line
    ]


def kept(dataset, rows):
    """What must be the same: a pair names its texts alone, so that the same texts are one."""
    found = [data(row) for row in rows]
    return list(dict.fromkeys(found)) if dataset in PAIRS else found


@pytest.mark.parametrize("dataset", READ)
def test_data_columns_are_equal(client, kitchen, dataset):
    full = fill(kitchen, plain=dataset == "openai_preferences")
    exported = rows_of(client, full, dataset)
    assert len(exported) > 1
    for encoding in CONTENT_TYPES:
        other, raw = make_project(encoding), fetch(client, full, f"{dataset}.{encoding}")

        brought = import_file(project=other, file=BytesIO(raw), name="export", by=None)

        assert [str(error) for error in brought.errors] == []
        back = rows_of(client, other, dataset)
        assert kept(dataset, back) == kept(dataset, exported)
        again = import_file(project=other, file=BytesIO(raw), name="export", by=None)
        assert (again.result.created, again.result.labels) == (0, 0)


def test_what_came_in_again_is_frozen_and_shown(client, kitchen):
    full, other = fill(kitchen), make_project("other")
    for dataset in reads():
        raw = fetch(client, full, f"{dataset}.jsonl")
        import_file(project=other, file=BytesIO(raw), name=dataset, by=None)
    came = {name: 0 for name, _read in reads().values()}
    for found in Annotation.objects.filter(project=other).select_related("task__prompt"):
        came[found.kind] += 1
        kind = kinds()[found.kind]
        assert kind.said(found)
        kind.answered(found)

    freeze(other)

    frozen = label_counts(other)
    assert {name: sum(each[name] for each in frozen.values()) for name in came} == came
    assert 0 not in came.values()


@pytest.mark.parametrize("encoding", CONTENT_TYPES)
def test_prompts_that_are_alike_come_back_as_many(client, encoding):
    project, other = make_project("cafes"), make_project("other")
    for text in ("Café?", "Cafe\u0301?", " CAFÉ?\r\n"):
        make_prompt(project, text)
    raw = fetch(client, project, f"prompts.{encoding}")

    import_file(project=other, file=BytesIO(raw), name="export", by=None)

    back = rows_of(client, other, "prompts")
    assert kept("prompts", back) == kept("prompts", rows_of(client, project, "prompts"))
    assert len(back) == 3
