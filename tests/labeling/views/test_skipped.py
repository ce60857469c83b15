"""Skipping: for the annotator, and for those who look after the tasks."""

import json
import re
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime

from accounts.models import User
from labeling.assigning import claim_next
from labeling.models import (
    Assignment,
    Project,
)
from tests.factories import make_member, make_project, make_task
from tests.labeling.views.asking import JSON, at, send, signed_in, skip_task


def test_a_skip_brings_the_next_task_to_a_script(project: Project, ada: User) -> None:
    for _ in range(3):
        make_task(project)
    client = signed_in(ada)
    accept = {"headers": {"accept": "application/json"}}

    def skip(**fields: str) -> Any:
        hers = claim_next(project=project, annotator=ada)
        return client.post(at("skip", hers.pk), {"reason": "unsafe", **fields}, **accept)

    bad = skip(reason="bored")
    told = skip(guideline_version="1").json()
    unknown_page = skip(guideline_version="9" * 5000).json()

    assert (bad.status_code, bad["Content-Type"]) == (422, "application/problem+json")
    following = Assignment.objects.filter(state="skipped").order_by("-pk")[0]
    assert told["next"] == told["task"]["data"]["submit_url"] == at("assignment", following.pk)
    assert unknown_page["task"] is None
    assert Assignment.objects.filter(state="skipped").count() == 2


def test_skipping_needs_one_of_the_reasons(project: Project, ada: User) -> None:
    make_task(project)
    hers = claim_next(project=project, annotator=ada)
    client = signed_in(ada)

    assert client.post(at("skip", hers.pk), {"reason": "bored"}).status_code == 422
    answer = client.post(at("skip", hers.pk), {"reason": "other", "note": "too long"})
    assert (answer.status_code, answer["Location"]) == (302, at("label_next"))
    hers.refresh_from_db()
    assert (hers.state, hers.skip_reason) == ("skipped", "other: too long")
    assert "Nothing left for you" in client.get(at("label_next")).content.decode()


def test_who_skips_stays_with_the_kind_they_asked_for(project: Project, ada: User) -> None:
    make_task(project)
    make_task(project, "ranking")
    client = signed_in(ada)

    page = client.get(at("label_next") + "?kind=ranking", follow=True)
    address = page.context["data"]["skip_url"]
    answer = client.post(address, {"reason": "unsafe"})

    assert f'action="{address}"' in page.content.decode()
    assert answer["Location"] == at("label_next") + "?kind=ranking"
    assert "Rankings: none is left for you" in client.get(answer["Location"]).content.decode()
    assert client.post(address.replace("ranking", "x"), {"reason": "unsafe"}).status_code == 404


def rows_of(page: Any) -> list[str]:
    """The rows of the page's table, as words."""
    body = page.content.decode().partition("<tbody>")[2].partition("</tbody>")[0]
    texts = [re.sub("<[^>]*>", " ", row) for row in body.split("</tr>")[:-1]]
    return [" ".join(text.split()) for text in texts]


def test_managers_see_who_skipped_what_and_why_and_withdraw_it(
    project: Project, ada: User, bob: User, mona: User
) -> None:
    skip_task(make_project(), ada)
    first = skip_task(project, ada, "personal_data: a phone number", "Call Eve")
    claim_next(project=project, annotator=bob)
    skip_task(project, ada, "unsafe", "Harm Eve")
    first.refresh_from_db()
    when = date_format(localtime(first.lease_until), "j M Y, H:i") + " UTC"
    client = signed_in(mona)

    page = client.get(at("skipped"))

    left = f"{when} Call Eve Demonstration Ada Someone&#x27;s personal data a phone number 3 Open"
    assert rows_of(page) == [
        f"{when} Harm Eve Demonstration Ada Unsafe or disturbing content 3 Open Withdraw",
        f"{left} Withdraw",
    ]
    done = client.post(at("task_withdraw", first.task_id), follow=True)
    assert "The task is withdrawn." in done.content.decode()
    assert rows_of(done)[1] == left.replace("Open", "Withdrawn")
    assert send(signed_in(bob), bob.assignments.get()).status_code == 201
    assert client.post(at("task_withdraw", first.task_id)).status_code == 409


def test_reviewers_see_what_was_skipped_and_managers_alone_withdraw(
    project: Project, ada: User
) -> None:
    client = signed_in(make_member(project, "Rita", "reviewer"))
    assert "No one has skipped a task" in client.get(at("skipped")).content.decode()
    task = skip_task(project, ada).task

    page = client.get(at("skipped"))
    assert rows_of(page)[0].endswith("Unsafe or disturbing content 3 Open")
    assert "until a manager withdraws it" in page.content.decode()
    assert client.post(at("task_withdraw", task.pk)).status_code == 403


def test_skipped_tasks_are_paged(project: Project, ada: User, mona: User) -> None:
    for n in range(31):
        skip_task(project, ada, text=f"Egg {n}.")
    client = signed_in(mona)

    assert [len(rows_of(client.get(at("skipped") + q))) for q in ("", "?page=2")] == [30, 1]
    assert "Egg 0." in rows_of(client.get(at("skipped") + "?page=2"))[0]
    assert client.get(at("skipped") + "?page=%00").status_code == 200


def test_a_note_that_the_database_cannot_hold_is_refused(project: Project, ada: User) -> None:
    make_task(project)
    hers = claim_next(project=project, annotator=ada)

    answer = signed_in(ada).post(at("skip", hers.pk), {"reason": "other", "note": "a\0b"})

    hers.refresh_from_db()
    assert (answer.status_code, hers.state) == (422, "active")


def test_another_tab_of_a_skipped_task_is_told_so(project: Project, ada: User) -> None:
    make_task(project)
    hers = claim_next(project=project, annotator=ada)
    client = signed_in(ada)
    client.post(at("skip", hers.pk), {"reason": "unsafe"})
    body = json.dumps({"draft": {"text": "a"}, "version": 0, "active_seconds": 1})

    answers = [client.post(at("draft", hers.pk), body, **JSON), send(client, hers)]

    told = "You have skipped this task: it goes to others. Take the next one."
    assert [(a.status_code, a.json()["detail"]) for a in answers] == [(409, told)] * 2
    assert client.get(at("assignment", hers.pk)).status_code == 404
