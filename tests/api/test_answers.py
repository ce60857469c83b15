"""Reviewing by API, and what people are told."""

import pytest
from django.utils import timezone

from labeling.models import Annotation, Flagged, Role
from tests.api.caller import Caller
from tests.api.kitchen import annotate
from tests.factories import make_member, make_project, make_task

pytestmark = pytest.mark.django_db


@pytest.fixture
def rita():
    project = make_project("kitchen")
    return Caller(make_member(project, "Rita", Role.REVIEWER), project)


@pytest.fixture
def ada(rita):
    return Caller(make_member(rita.project, "Ada"), rita.project)


@pytest.fixture
def given(ada):
    make_task(ada.project)
    taken = ada("post", "assignments", {}).json()["id"]
    sent = {"answer": {"text": "Six."}, "active_seconds": 7}
    answer = ada("post", f"assignments/{taken}/answer", sent).json()["id"]
    return Annotation.objects.select_related("task").get(pk=answer)


def test_an_answer_is_told_with_why_it_stands_out(rita, given):
    why = {"seconds": 7, "units": 90, "usual": 40, "by_character": False}
    Flagged.objects.create(
        annotation=given, project=rita.project, fast=why, computed_at=timezone.now()
    )

    found = rita.get(f"answers/{given.pk}")

    assert found == {
        "id": given.pk,
        "task": given.task_id,
        "prompt": given.task.prompt_id,
        "annotator": given.annotator_id,
        "annotator_name": "Ada",
        "kind": "demonstration",
        "purpose": "label",
        "round": 1,
        "language": "en",
        "split": "train",
        "is_chosen": False,
        "answer": {"text": "Six."},
        "shown_order": [],
        "concerns": [],
        "comment": "",
        "standing": "counts",
        "active_seconds": 7,
        "guideline_version": 1,
        "revises": None,
        "flags": [
            {"flag": "fast", "reason": "7 s for 90 words: reading takes about 40 s"},
        ],
        "created_at": found["created_at"],
    }
    assert rita.get("answers?flag=fast")["items"] == [found]
    assert rita.get("answers?flag=far")["items"] == []


def test_answers_are_filtered_as_on_the_page(rita, ada, given):
    def ids(query):
        return [row["id"] for row in rita.get(f"answers?{query}")["items"]]

    other = annotate(make_task(rita.project), make_member(rita.project, "Bo"), {"text": "Ten."})
    assert ids("") == [other.pk, given.pk]
    assert ids(f"person={ada.user.pk}") == [given.pk]
    assert ids("at_least=5&kind=demonstration&since=2020-01-01") == [given.pk]
    assert ids("until=2020-01-01") == []
    assert rita("get", "answers?kind=nothing").status_code == 422
    assert rita("get", "answers?person=999999").status_code == 422
    assert rita("get", "answers?since=yesterday").status_code == 422
    assert rita("get", "answers?annotator__password__startswith=a").status_code == 400


def test_an_answer_goes_back_and_its_annotator_is_told_why(rita, ada, given):
    path = f"answers/{given.pk}/reviews"

    sent = rita("post", path, {"act": "send_back", "text": "Say how hot."})

    assert (sent.status_code, sent.json()["standing"]) == (201, "sent_back")
    said = ada.get(f"own-answers/{given.pk}/reviews")["items"]
    assert [(one["verb"], one["text"], one["by"]) for one in said] == [
        ("sent_back", "Say how hot.", "Rita")
    ]
    assert ada("post", f"own-answers/{given.pk}/comments", {"text": "Boiling."}).status_code == 201
    assert [one["text"] for one in rita.get(path)["items"]] == ["Say how hot.", "Boiling."]
    notice, *others = ada.get("/notices")["items"]
    assert (notice["seen_at"], "sent" in notice["text"]) == (None, True)
    assert ada("post", "/notices/seen", {"ids": [notice["id"]]}).status_code == 204
    seen = [row["seen_at"] is not None for row in ada.get("/notices")["items"]]
    assert seen == [True] + [False] * len(others)


@pytest.mark.parametrize(
    ("act", "text", "outcome"),
    [
        ("approve", "", (201, "counts")),
        ("comment", "Fine.", (201, "counts")),
        ("comment", "", (422, None)),
        ("exclude", "", (422, None)),
        ("exclude", "Spam.", (201, "excluded")),
        ("include", "", (409, None)),
        ("delete", "", (422, None)),
    ],
)
def test_what_a_reviewer_may_do(rita, given, act, text, outcome):
    answer = rita("post", f"answers/{given.pk}/reviews", {"act": act, "text": text})

    assert (answer.status_code, answer.json().get("standing")) == outcome


def test_the_next_answer_of_a_queue_is_found(rita, ada, given):
    of_ada = {"queue": "person", "person": ada.user.pk}

    assert rita("post", "reviews/next", of_ada).json() == {"answer": given.pk, "left": 1}
    later = of_ada | {"later": [given.pk]}
    assert rita("post", "reviews/next", later).json()["answer"] in {None, given.pk}
    assert rita("post", "reviews/next", {"queue": "person"}).status_code == 422
    assert rita("post", "reviews/next", {"queue": "nothing"}).status_code == 422
    assert rita("post", "reviews/next", {"queue": "spot"}).json()["left"] in {0, 1}
