"""The labeling page, and what its script is told."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from labeling.assigning import claim_next
from labeling.models import (
    Annotation,
    Assignment,
    Project,
)
from labeling.projects import change_settings
from tests.factories import make_project, make_prompt, make_task
from tests.labeling.calling import MESSAGES, TEXTS, TOOLS
from tests.labeling.views.asking import JSON, at, send, signed_in
from training.contract import conversations


def test_labeling_goes_to_the_claimed_task_and_hides_the_model(project: Project, ada: User) -> None:
    task = make_task(project, "ranking", texts=["Six **minutes**.", "Ten."])
    client = signed_in(ada)

    answer = client.get(at("label_next"), follow=True)

    assignment = Assignment.objects.get(task=task)
    assert answer.redirect_chain == [(at("assignment", assignment.pk), 302)]
    page = answer.content.decode()
    assert "Six <strong>minutes</strong>." in page
    assert "model_version" not in page


def test_tools_their_calls_and_results_are_on_the_page(project: Project, ada: User) -> None:
    prompt = make_prompt(project, messages=TEXTS)
    prompt.given = conversations.given(MESSAGES, TOOLS)
    prompt.save()
    make_task(project, prompt=prompt)

    page = signed_in(ada).get(at("label_next"), follow=True).content.decode()

    assert "1 tool that may be called" in page
    assert "Boils &lt;b&gt;eggs&lt;/b&gt;." in page
    assert page.count('Calls <code dir="auto">boil</code>') == 2
    assert "{&quot;minutes&quot;: 6.50, &quot;eggs&quot;:1}</div>" in page  # raw, as it was given
    assert page.count('<code dir="auto">boil</code>') == 5  # the tool, two calls, two results
    assert "Done." in page
    assert "Boil it." in page


def test_others_assignments_are_not_there(project: Project, ada: User, bob: User) -> None:
    make_task(project)
    hers = claim_next(project=project, annotator=ada)
    client = signed_in(bob)

    assert client.get(at("assignment", hers.pk)).status_code == 404
    body = json.dumps({"draft": None, "version": 0, "active_seconds": 0})
    answer = client.post(at("draft", hers.pk), body, **JSON)
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    make_project("bakery")
    assert signed_in(ada).get(reverse("assignment", args=["bakery", hers.pk])).status_code == 404


def test_submitting_twice_gets_the_same_annotation_and_the_next_task(
    project: Project, ada: User
) -> None:
    make_task(project)
    make_task(project)
    hers = claim_next(project=project, annotator=ada)
    client = signed_in(ada)

    first, second = send(client, hers), send(client, hers)

    following = Assignment.objects.get(state="active")
    stored = Annotation.objects.get()
    for answer in (first, second):
        task = answer.json().pop("task")
        assert (answer.status_code, {**answer.json(), "task": task["data"]["id"]}) == (
            201,
            {
                "annotation": stored.pk,
                "surplus": False,
                "undo": at("answer_correct", stored.pk),
                "next": at("assignment", following.pk),
                "task": following.pk,
            },
        )


def within_a_second(data: dict[str, Any]) -> dict[str, Any]:
    """The data of a task, its lease in minutes: two answers are not of the same second."""
    return {**data, "lease_seconds": round(data["lease_seconds"] / 60)}


@pytest.mark.parametrize("kind", ["demonstration", "ranking", "correction"])
@pytest.mark.parametrize("query", ["", "?kind={kind}"])
def test_an_answer_brings_the_next_task_as_its_page_has_it(
    project: Project, ada: User, kind: str, query: str
) -> None:
    query = query.format(kind=kind)
    task, _following = make_task(project, kind), make_task(project, kind)
    bodies = {
        "demonstration": {"text": "Six."},
        "ranking": {"tiers": [task.completion_ids], "unacceptable": []},
        "correction": {"completion": (task.completion_ids or [0])[0], "text": "Six."},
    }
    hers = claim_next(project=project, annotator=ada)
    client = signed_in(ada)

    answer = send(client, hers, query=query, body=bodies[kind]).json()

    page = client.get(answer["next"])
    assert answer["next"].endswith(query)
    assert answer["task"]["html"] in page.content.decode()
    shown = within_a_second(page.context["data"])
    assert within_a_second(answer["task"]["data"]) == shown
    assert shown["skip_url"] == at("skip", shown["id"]) + query


def test_what_the_page_at_hand_cannot_show_comes_by_its_address_alone(
    project: Project, ada: User, mona: User
) -> None:
    for kind in ("demonstration", "ranking", "ranking", "ranking"):
        make_task(project, kind)
    client = signed_in(ada)

    def ranked() -> Any:
        hers = Assignment.objects.get(annotator=ada, state="active")
        body = {"tiers": [hers.shown_order], "unacceptable": []}
        return send(client, hers, body=body).json()

    other_kind = send(client, claim_next(project=project, annotator=ada)).json()
    same_kind = ranked()
    change_settings(project=project, by=mona, guidelines="Be kind.")
    other_guidelines = ranked()
    none_left = ranked()

    assert [answer["task"] is None for answer in (other_kind, other_guidelines, none_left)] == [
        True,
        True,
        True,
    ]
    assert same_kind["task"] is not None
    assert none_left["next"] == at("label_next")
    assert client.get(other_kind["next"]).status_code == 302  # submitted since


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"body": {"text": ""}}, 422),
        ({"body": {"text": "\0"}}, 422),
        ({"body": "text"}, 422),
        ({"client_key": "x"}, 422),
        ({"client_key": 5}, 422),
        ({"active_seconds": "5"}, 422),
        ({"guideline_version": 0}, 422),
        ({"guideline_version": 2}, 422),
        ({"guideline_version": True}, 422),
        ({"annotator": 1}, 422),
    ],
)
def test_bad_answers_are_problems_in_json(
    project: Project, ada: User, changes: dict[str, Any], status: int
) -> None:
    make_task(project)
    answer = send(signed_in(ada), claim_next(project=project, annotator=ada), **changes)

    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert Annotation.objects.count() == 0


def test_an_unreadable_body_is_400(project: Project, ada: User) -> None:
    make_task(project)
    hers = claim_next(project=project, annotator=ada)
    for raw in ("{", "[" * 100_000, '{"a": NaN}'):
        answer = signed_in(ada).post(at("assignment", hers.pk), raw, **JSON)
        assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")


def test_drafts_answer_with_the_lease_and_conflicts_with_the_other_version(
    project: Project, ada: User
) -> None:
    make_task(project)
    hers = claim_next(project=project, annotator=ada)
    client = signed_in(ada)
    body = json.dumps({"draft": {"text": "a"}, "version": 0, "active_seconds": 1})

    saved = client.post(at("draft", hers.pk), body, **JSON).json()
    stale = client.post(at("draft", hers.pk), body, **JSON)

    assert (saved["version"], saved["state"]) == (1, "active")
    assert 2600 < saved["lease_seconds"] <= 2700
    assert stale.status_code == 409
    assert (stale.json()["code"], stale.json()["draft"]) == ("stale_draft", {"text": "a"})


def test_a_script_without_session_is_told_401(project: Project, ada: User) -> None:
    make_task(project)
    hers = claim_next(project=project, annotator=ada)
    answer = send(Client(), hers)
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")


def test_a_submitted_task_is_history(project: Project, ada: User) -> None:
    make_task(project)
    hers = claim_next(project=project, annotator=ada)
    client = signed_in(ada)
    send(client, hers)

    answer = client.get(at("assignment", hers.pk))
    assert (answer.status_code, answer["Location"]) == (302, at("history"))
    page = client.get(at("answer", Annotation.objects.get().pk)).content.decode()
    assert "Six." in page
    assert client.get(at("answer", 0)).status_code == 404


def test_previews_are_inert(project: Project, ada: User) -> None:
    body = json.dumps({"text": "**a** <script>alert(1)</script>"})
    answer = signed_in(ada).post(at("preview"), body, **JSON)
    assert answer.content.decode() == (
        '<div class="shown" dir="auto"><p><strong>a</strong> '
        "&lt;script&gt;alert(1)&lt;/script&gt;</p>\n</div>"
        '<div class="verbatim raw" dir="auto">**a** &lt;script&gt;alert(1)&lt;/script&gt;</div>'
    )
