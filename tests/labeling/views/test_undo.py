"""The last answers are taken up again right after they were given."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from labeling import reviewing
from labeling.assigning import claim_next
from labeling.models import Annotation, Assignment, Project
from labeling.revising import close_corrections, take_back
from tests.factories import make_task
from tests.labeling.views.asking import JSON, at, send, signed_in


@pytest.fixture
def client(project: Project, ada: User) -> Client:
    """Ada's browser; there are four tasks, each to be answered once."""
    for _ in range(4):
        make_task(project)
    return signed_in(ada)


def answered(project: Project, ada: User, client: Client, **beside: Any) -> dict[str, Any]:
    """She answers her task; what the page is told."""
    found = claim_next(project=project, annotator=ada)
    assert found is not None
    told = send(client, found, **beside)
    assert told.status_code == 201
    result: dict[str, Any] = told.json()
    return result


def undo(client: Client, told: dict[str, Any], query: str = "") -> Any:
    return client.post(told["undo"] + query, "{}", **JSON)


def standings() -> list[tuple[str, str]]:
    rows = Annotation.objects.order_by("pk").values_list("body__text", "standing")
    return list(rows)


def test_the_answer_is_a_draft_again_and_the_next_task_waits(
    project: Project, ada: User, client: Client
) -> None:
    told = answered(project, ada, client, concerns=["broken"], comment="Short.")
    upcoming = Assignment.objects.get(state="active")
    assert told["next"] == at("assignment", upcoming.pk)

    opened = undo(client, told, "?kind=demonstration")

    again = Assignment.objects.get(state="revising")
    there = f"{at('assignment', again.pk)}?undo=1&kind=demonstration"
    assert (opened.status_code, opened.json()) == (200, {"next": there})
    assert again.draft == {"text": "Six.", "remark": {"comment": "Short.", "concerns": ["broken"]}}
    assert standings() == [("Six.", "counts")]
    corrected = send(client, again, query="?undo=1", body={"text": "Seven."}).json()
    assert (corrected["next"], corrected["task"]) == (at("label_next"), None)
    assert client.get(corrected["next"])["Location"] == at("assignment", upcoming.pk)
    assert standings() == [("Six.", "superseded"), ("Seven.", "counts")]
    assert undo(client, corrected).status_code == 200


def test_several_are_taken_up_one_after_the_other(
    project: Project, ada: User, client: Client
) -> None:
    told = [answered(project, ada, client, body={"text": text}) for text in ("One.", "Two.")]

    opened = [undo(client, one).json()["next"] for one in reversed(told)]
    kept = client.post(opened[0].replace("?undo=1", "keep/"), "{}", **JSON)

    assert (kept.status_code, kept.json()) == (200, {})
    states = Assignment.objects.order_by("pk").values_list("state", "draft")
    assert list(states) == [("revising", {"text": "One."}), ("submitted", None), ("active", None)]
    assert standings() == [("One.", "counts"), ("Two.", "counts")]


def test_a_correction_that_is_still_open_comes_as_a_page_of_its_own(
    project: Project, ada: User, client: Client
) -> None:
    """The page of another task does not say that the first answer counts meanwhile."""
    undo(client, answered(project, ada, client))
    upcoming = Assignment.objects.get(state="active")
    again = Assignment.objects.get(state="revising")

    told = send(client, upcoming).json()

    assert (told["next"], told["task"]) == (at("assignment", again.pk), None)


@pytest.mark.parametrize("meanwhile", ["excluded", "frozen", "answered"])
def test_what_happened_meanwhile_is_said_and_holds(
    project: Project, ada: User, bob: User, mona: User, client: Client, meanwhile: str
) -> None:
    told = answered(project, ada, client)
    answer = Annotation.objects.get()
    if meanwhile == "excluded":
        reviewing.exclude(annotation=answer, by=mona, text="Spam.", ask_again=False)
    elif meanwhile == "frozen":
        close_corrections(project=project, round_number=1)
    else:
        take_back(annotation=answer, by=ada)
        hers = Assignment.objects.get(state="active")
        while (found := claim_next(project=project, annotator=bob)) is not None:
            assert found.pk != hers.pk
            send(signed_in(bob), found)
    before = list(Assignment.objects.order_by("pk").values_list("pk", "state", "draft"))

    refused = undo(client, told)

    said = {
        "excluded": "This answer does not count, so there is nothing to correct.",
        "frozen": "Training has begun with this answer, so it can no longer be changed. Write a "
        "comment: a reviewer can send it back to you.",
        "answered": "Others have answered this task since. Take the next one.",
    }
    assert (refused.status_code, refused.json()["detail"]) == (409, said[meanwhile])
    assert list(Assignment.objects.order_by("pk").values_list("pk", "state", "draft")) == before


def test_an_extra_answer_and_those_of_others_are_not_taken_up(
    project: Project, ada: User, bob: User, client: Client
) -> None:
    told = answered(project, ada, client)

    assert undo(signed_in(bob), told).status_code == 404


def test_who_has_nothing_left_finds_the_last_answer(
    project: Project, ada: User, client: Client
) -> None:
    for _ in range(4):
        told = answered(project, ada, client)

    page = client.get(at("label_next")).content.decode()

    assert f'action="{told["undo"]}"' in page
    close_corrections(project=project, round_number=1)
    assert f'action="{told["undo"]}"' not in client.get(at("label_next")).content.decode()
