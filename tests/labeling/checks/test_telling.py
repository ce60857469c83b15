"""Until they are told of it a check is like any answer to its author; then it stays as it is."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from labeling.assigning import claim_next
from labeling.checks import drawing
from labeling.models import Annotation, Assignment, CheckScore, Project
from tests.factories import make_task
from tests.labeling.checks.test_drawing import choose, make_gold
from tests.labeling.views.asking import JSON, at, send, signed_in

TOLD = "You have been told that this was a check, so your answer stays as it is."


@pytest.fixture
def client(project: Project, ada: User, mona: User, monkeypatch: pytest.MonkeyPatch) -> Client:
    """Ada's browser, where she is told of checks; her next task is one, then come two others."""
    monkeypatch.setattr(drawing, "chance", lambda: 0.0)
    make_gold(project, mona, k=2)
    for _ in range(2):
        make_task(project, "ranking", k=2)
    choose(project, gold_percent=20, feedback=True)
    return signed_in(ada)


def answered(client: Client, project: Project, ada: User) -> tuple[Assignment, dict[str, Any]]:
    """She answers what she is given, the worse text first; what her page is told."""
    hers = claim_next(project=project, annotator=ada)
    assert hers is not None
    tiers = [[pk] for pk in sorted(hers.shown_order, reverse=True)]
    return hers, send(client, hers, body={"tiers": tiers, "unacceptable": []}).json()


def test_undo_and_taking_back_do_not_tell_a_check_from_others(
    project: Project, ada: User, client: Client
) -> None:
    seen = []
    for purpose in ("gold", "label"):
        hers, told = answered(client, project, ada)
        assert hers.purpose == purpose
        opened = client.post(told["undo"], "{}", **JSON)
        there = opened.json().get("next")
        page = client.get(there)
        again = send(client, hers, query="?undo=1", body={"tiers": [hers.shown_order]})
        hers.refresh_from_db()
        given = {"tiers": [[pk] for pk in hers.shown_order], "unacceptable": []}
        key = str(hers.client_key)
        corrected = send(client, hers, query="?undo=1", body=given, client_key=key)
        taken = client.post(corrected.json()["undo"].replace("correct", "take-back"))
        codes = [one.status_code for one in (opened, page, again, corrected, taken)]
        seen.append((codes, there == f"{at('assignment', hers.pk)}?undo=1", sorted(told)))

    assert seen[0] == seen[1] == ([200, 200, 422, 201, 302], True, seen[0][2])


@pytest.mark.parametrize("page", ["history", "answer", "own_figures"])
def test_from_the_page_that_tells_on_the_answer_stays(
    project: Project, ada: User, client: Client, page: str
) -> None:
    _hers, told = answered(client, project, ada)
    _hers, label = answered(client, project, ada)
    check = Annotation.objects.get(purpose="gold", annotator=ada)

    client.get(at(page, check.pk) if page == "answer" else at(page))
    undone = client.post(told["undo"], "{}", **JSON)
    taken = client.post(at("answer_take_back", check.pk), **JSON)

    assert [one.status_code for one in (undone, taken)] == [409, 409]
    assert undone.json()["detail"] == taken.json()["detail"] == TOLD
    assert client.post(label["undo"], "{}", **JSON).status_code == 200
    assert CheckScore.objects.get(annotation=check).agreement == 0.0


def test_the_right_answer_seen_beside_a_corrected_one_closes_the_newest(
    project: Project, ada: User, client: Client
) -> None:
    hers, told = answered(client, project, ada)
    first = Annotation.objects.get(annotator=ada)
    client.post(told["undo"], "{}", **JSON)
    hers.refresh_from_db()
    body = {"tiers": [hers.shown_order], "unacceptable": []}
    corrected = send(client, hers, body=body).json()

    assert "This was a check" in client.get(at("answer", first.pk)).content.decode()

    assert client.post(corrected["undo"], "{}", **JSON).json()["detail"] == TOLD


def test_nobody_else_reading_closes_it(
    project: Project, ada: User, mona: User, client: Client
) -> None:
    _hers, told = answered(client, project, ada)
    reader = signed_in(mona)
    for page in (at("label", Annotation.objects.get(annotator=ada).pk), at("person", ada.pk)):
        assert reader.get(page).status_code == 200

    assert client.post(told["undo"], "{}", **JSON).status_code == 200
