"""Labels for which a project has no place, told from the others before any is stored."""

import json
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core.errors import BadInputError
from labeling import whole_files
from labeling.fitting import fitting
from labeling.labeled_files import parse_file
from labeling.models import Annotation, Prompt, PromptUpload
from labeling.whole_files import import_file
from tests.api.exports.test_round_trip import rows_of
from tests.api.kitchen import annotate
from tests.factories import make_member, make_project, make_prompt, make_task
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


@pytest.fixture
def gradings(client):
    """Two rows of gradings by one item, of two prompts."""
    kitchen = make_project()
    for asked, text in (("Egg?", "Six."), ("Tea?", "Four.")):
        prompt = make_prompt(kitchen, asked, rubric=[{"text": "Says how long", "points": 5}])
        task = make_task(kitchen, "grading", prompt=prompt, texts=[text])
        graded = {"completion": task.completions.get().pk, "met": [True]}
        annotate(task, make_member(kitchen), {"texts": [graded]})
    return rows_of(client, kitchen, "gradings")


WHY = [{"text": "Says why", "points": 1}]


def kept(project, rows):
    """What the page would store of the rows, and the bad ones among them."""
    found = fitting(project)(parse_file(BytesIO(lines(*rows))))
    return [label.line for label in found.labels], [str(error) for error in found.errors]


def test_a_grading_by_another_rubric_than_its_prompt_has_is_a_bad_row(gradings):
    project = make_project()
    assert kept(project, gradings) == ([1, 2], [])

    make_prompt(project, "Egg?", rubric=WHY)
    make_prompt(project, "Tea?")  # takes the rubric of the file

    said = ["line 1: its prompt has another rubric in this project"]
    assert kept(project, gradings) == ([2], said)


def test_the_first_rubric_of_a_prompt_in_a_file_is_the_one_that_counts(gradings):
    first = gradings[0]
    second = {
        **first,
        "annotation_id": 99,
        "group_id": "grading-99",
        "completion": "Seven.",
        "items": [{"text": "Says why", "points": 1, "met": False}],
    }

    said = ["line 2: an earlier row gives its prompt another rubric"]
    assert kept(make_project(), [first, second]) == ([1], said)


def test_rubrics_are_looked_up_by_what_is_left_without_personal_data(gradings):
    project = make_project()
    project.redacts_personal = True
    project.save()
    for row in gradings:
        row["prompt"][0]["content"] += " Ask ada@rondo.example now."
    make_prompt(project, "Egg? Ask [EMAIL] now.", rubric=WHY)

    said = ["line 1: its prompt has another rubric in this project"]
    assert kept(project, gradings) == ([2], said)


def test_a_job_leaves_them_out_where_the_good_ones_are_wanted(gradings, monkeypatch):
    monkeypatch.setattr(whole_files, "AT_ONCE", 1)
    project = make_project()
    make_prompt(project, "Egg?", rubric=WHY)
    other = {"prompt": "Soup?", "items": 5}  # a bad row of the part that is read ahead
    raw = lines(*gradings, other)

    brought = import_file(
        project=project, file=BytesIO(raw), name="a.jsonl", by=None, keep_good=True
    )

    assert brought.errors[0].message == "its prompt has another rubric in this project"
    assert [each.line for each in brought.errors] == [1, 3]
    assert (brought.rows, brought.result.created, brought.result.labels) == (1, 1, 1)
    with pytest.raises(BadInputError, match="line 1: its prompt has another rubric"):
        import_file(project=project, file=BytesIO(raw), name="a.jsonl", by=None)


def test_the_page_imports_the_gradings_that_fit(client, gradings):
    project = make_project()
    make_prompt(project, "Egg?", rubric=WHY)
    client.force_login(make_member(project, role="manager"))
    path = reverse("prompts_import", args=[project.slug])
    raw = "\n".join(map(json.dumps, gradings)).encode()

    client.post(path, {"file": SimpleUploadedFile("a.jsonl", raw)})
    client.post(path, {"upload": PromptUpload.objects.get().pk, "heldout_percent": 0})

    (answer,) = Annotation.objects.filter(project=project)
    assert (answer.kind, answer.task.prompt.messages[0]["content"]) == ("grading", "Tea?")
