"""The pages about checks, and gold tasks that nobody can tell from others."""

import io
import json
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from labeling.assigning import claim_next
from labeling.checks import drawing, golds
from labeling.models import CheckSettings, Gold, GoldUpload, Project, Task
from tests.factories import make_annotation, make_member, make_task
from tests.labeling.checks.test_files import RANKING
from tests.labeling.views.asking import at, send, signed_in


@pytest.fixture
def manager(mona: User) -> Client:
    return signed_in(mona)


def bare(page: str) -> str:
    """A page without what differs from one task to the next: keys, numbers of rows, tokens."""
    page = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "KEY", page)
    page = re.sub(r'(csrfmiddlewaretoken" value)="\w+"', r"\1", page)
    page = re.sub(r'("lease_seconds": )\d+', r"\1", page)
    page = re.sub(r'data-ids=\\?"[\d ]+\\?"', "", page)
    return re.sub(r'(assignments/|"id": )\d+', r"\1", page)


def test_a_gold_task_is_no_different(
    project: Project, mona: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Page, next task, draft, submission: the same data but for numbers of rows."""
    texts, asked = ["Six.", "Six."], []  # one column: its place does not depend on the person
    for gold in (False, True):
        project.tasks.update(state="withdrawn", free_slots=0)
        person = make_member(project)
        for n in range(2):
            task = make_task(project, "ranking", texts=texts)
            task.prompt.messages = [{"role": "user", "content": f"How? {n}"}]
            type(task.prompt).objects.filter(pk=task.prompt_id).update(
                messages=task.prompt.messages
            )
            if gold:
                Task.objects.filter(pk=task.pk).update(state="done", free_slots=0)
                golds.mark(annotation=make_annotation(task), by=mona)
        if gold:
            make_task(project, "ranking", texts=texts, priority=-1)
            CheckSettings.objects.create(project=project, gold_percent=20)
            monkeypatch.setattr(drawing, "chance", lambda: 0.0)
            monkeypatch.setattr(drawing, "GOLD", drawing.GOLD.replace("random()", "t.id"))
        client = signed_in(person)
        address = client.get(at("label_next"))["Location"]
        hers = person.assignments.get()
        page = client.get(address).content.decode().replace(person.name, "NAME")
        body = {"tiers": [hers.shown_order], "unacceptable": []}
        answered = send(client, hers, body=body).json()
        kept = client.get(address)["Location"]
        asked.append([bare(page), sorted(answered), bare(json.dumps(answered)), kept])
        asked[-1][2] = re.sub(r'("annotation": |/history/)\d+', r"\1", asked[-1][2])
        assert {a.purpose for a in person.assignments.all()} == {"gold" if gold else "label"}

    assert asked[0] == asked[1]


def test_settings_are_stored_and_bounded(project: Project, manager: Client) -> None:
    form = {"gold_percent": 5, "feedback": "on", "repeat_percent": 3, "repeat_after": 30}
    form |= {"pass_percent": 75}

    wrong = manager.post(at("checks"), {**form, "gold_percent": 21})
    stored = manager.post(at("checks"), form)

    assert (wrong.status_code, stored.status_code) == (422, 302)
    row = CheckSettings.objects.get()
    assert (row.gold_percent, row.feedback, row.repeat_percent, row.repeat_after) == (
        5,
        True,
        3,
        30,
    )
    page = manager.get(at("checks")).content.decode()
    assert "They come in place of tasks at the rates below" in page
    assert "choose below how many of the tasks are checks" not in page


def test_from_an_answer_to_a_figure(project: Project, manager: Client, mona: User) -> None:
    assert "No checks are answered yet." in manager.get(at("checks")).content.decode()
    answer = make_annotation(make_task(project, "ranking", k=2))

    page = manager.get(at("label", answer.pk)).content.decode()
    marked = manager.post(at("gold_mark", answer.pk), follow=True).content.decode()
    CheckSettings.objects.update_or_create(project=project, defaults={"gold_percent": 5})
    again = manager.post(at("gold_mark", answer.pk), follow=True).content.decode()

    assert "it is 0 percent now." in marked
    assert "the task is mixed in for those who have not had it." in again
    gold = Gold.objects.get()
    assert "Make it gold" in page
    assert "This is the right answer" in manager.get(at("label", answer.pk)).content.decode()
    assert "A &gt; B" in manager.get(at("golds")).content.decode()
    for act, wanted in (("test", True), ("mix", False)):
        manager.post(at("gold_change", gold.pk), {"act": act})
        assert Gold.objects.get().is_test is wanted
    manager.post(at("gold_change", gold.pk), {"act": "retire"})
    assert Gold.objects.get().retired_at is not None
    manager.post(at("gold_change", gold.pk), {"act": "restore"})
    assert Gold.objects.get().retired_at is None
    assert manager.post(at("gold_change", gold.pk), {"act": "burn"}).status_code == 422


def test_a_file_is_previewed_then_stored(project: Project, manager: Client) -> None:
    file = io.BytesIO(f"{json.dumps(RANKING)}\n{{}}".encode())
    file.name = "gold.jsonl"

    preview = manager.post(at("gold_upload"), {"file": file})
    upload = GoldUpload.objects.get()
    assert preview.status_code == 422
    assert "line 2" in preview.content.decode()
    assert not Gold.objects.exists()
    stored = manager.post(at("gold_upload"), {"upload": upload.pk}, follow=True)

    assert "One gold task" in stored.content.decode() or "1 gold task" in stored.content.decode()
    assert Gold.objects.count() == 1
    assert not GoldUpload.objects.exists()


def test_lists_cost_the_same_however_long(project: Project, manager: Client, mona: User) -> None:
    counts = []
    for _ in range(2):
        for _ in range(3):
            answer = make_annotation(make_task(project, "ranking"))
            golds.mark(annotation=answer, by=mona)
        with CaptureQueriesContext(connection) as found:
            manager.get(at("golds"))
            manager.get(at("checks"))
        counts.append(len(found))

    assert counts[0] == counts[1]


def test_claims_of_the_manager_are_not_checked_by_their_own_gold(
    project: Project, mona: User
) -> None:
    assert claim_next(project=project, annotator=mona) is None
