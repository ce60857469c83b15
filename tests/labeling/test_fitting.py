"""Labels for which a project has no place, told from the others before any is stored."""

import json
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core.errors import BadInputError
from labeling.models import Annotation, Prompt, PromptUpload
from labeling.whole_files import import_file
from tests.api.exports.test_round_trip import rows_of
from tests.api.kitchen import annotate
from tests.factories import make_member, make_project, make_task
from tests.labeling.test_prompt_files import lines

pytestmark = pytest.mark.django_db
WHAT = "it judges texts by taste, "


@pytest.fixture
def ratings(client):
    """Two rows of ratings, of which the first has a criterion of another project."""
    kitchen = make_project()
    for text in ("Hot.", "Cold."):
        task = make_task(kitchen, "rating", texts=[text])
        rated = {"completion": task.completions.get().pk, "scales": {"overall": 6}, "flags": []}
        annotate(task, make_member(kitchen), {"ratings": [rated]})
    first, second = rows_of(client, kitchen, "ratings")
    first["criteria"][0]["name"] = "taste"
    return [first, second]


def test_the_good_ones_are_kept_where_that_is_wanted(ratings):
    project = make_project()

    brought = import_file(
        project=project, file=BytesIO(lines(*ratings)), name="a.jsonl", by=None, keep_good=True
    )

    assert [(each.line, each.message.startswith(WHAT)) for each in brought.errors] == [(1, True)]
    assert (brought.rows, brought.result.created, brought.result.labels) == (1, 1, 1)
    assert Annotation.objects.filter(project=project).count() == 1


def test_the_first_refuses_the_file_where_all_are_wanted(ratings):
    project = make_project()

    with pytest.raises(BadInputError, match=f"line 1: {WHAT}"):
        import_file(project=project, file=BytesIO(lines(*ratings)), name="a.jsonl", by=None)

    assert not project.prompts.exists()


def test_the_page_shows_them_as_bad_rows_and_imports_the_others(client, ratings):
    project = make_project()
    client.force_login(make_member(project, role="manager"))
    path = reverse("prompts_import", args=[project.slug])
    raw = "\n".join(map(json.dumps, ratings)).encode()

    shown = client.post(path, {"file": SimpleUploadedFile("a.jsonl", raw)})
    pk = PromptUpload.objects.get().pk
    client.post(path, {"upload": pk, "heldout_percent": 0})

    assert [
        (error.line, error.message.startswith(WHAT)) for error in shown.context["preview"].errors
    ] == [(1, True)]
    assert Annotation.objects.filter(project=project).count() == 1
    assert Prompt.objects.filter(project=project).count() == 1
