"""Awkward texts leave as they were stored, as JSON lines and as Parquet."""

import io
import json

import pyarrow.parquet as pq
import pytest

from labeling.importing import import_prompts
from labeling.models import Prompt, Role
from labeling.prompt_files import parse_prompts
from tests.api.kitchen import annotate, bearer
from tests.factories import make_member, make_project, make_task
from tests.labeling.awkward import TEXTS

pytestmark = pytest.mark.django_db


def exported(client, project, dataset):
    """The rows of both forms, which are equal."""
    headers = bearer(make_member(project, role=Role.MANAGER))
    path = f"/api/v1/projects/{project.slug}/exports/{dataset}"
    lines, parquet = (
        b"".join(client.get(f"{path}.{form}", headers=headers).streaming_content)
        for form in ("jsonl", "parquet")
    )
    rows = [json.loads(line) for line in lines.split(b"\n") if line]
    assert pq.read_table(io.BytesIO(parquet)).to_pylist() == rows
    return rows


def test_prompts_are_stored_and_exported_as_they_are(client):
    raw = "\n".join(json.dumps({"prompt": text}) for text in TEXTS).encode()
    preview = parse_prompts(raw)
    project = make_project("kitchen")
    import_prompts(project=project, rows=preview.rows, source="a.jsonl", by=None)

    assert (preview.errors, preview.duplicates) == ([], 0)
    stored = Prompt.objects.order_by("pk").values_list("messages", flat=True)
    assert list(stored) == [[{"role": "user", "content": text}] for text in TEXTS]
    assert [row["prompt"] for row in exported(client, project, "prompts")] == list(stored)


def test_completions_and_answers_are_exported_as_they_are(client):
    project = make_project("kitchen")
    ada = make_member(project, "Ada")
    for text in TEXTS:
        task = make_task(project, "correction", texts=[text])
        annotate(task, ada, {"completion": task.completions.get().pk, "text": f"{text}!"})

    rows = exported(client, project, "preferences")

    assert [row["rejected"][0]["content"] for row in rows] == TEXTS
    assert [row["chosen"][0]["content"] for row in rows] == [f"{text}!" for text in TEXTS]
