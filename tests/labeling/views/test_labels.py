"""The list of answers, and reviewing one of them, over HTTP."""

import json
import re
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from labeling.assigning import claim_next
from labeling.models import Annotation, Project, Review, Role
from labeling.revising import revise
from labeling.submitting import submit
from tests.factories import make_annotation, make_member, make_project, make_prompt, make_task
from tests.labeling.views.asking import JSON, at, send, signed_in


@pytest.fixture
def rita(project: Project) -> Client:
    """The reviewer's browser."""
    return signed_in(make_member(project, "Rita", Role.REVIEWER))


def listed(client: Client, query: str = "") -> list[int]:
    """The answers that the list shows, in its order."""
    page = client.get(at("labels") + query).content.decode()
    return [int(pk) for pk in re.findall(r'href="/projects/kitchen/labels/(\d+)/"', page)]


def answered(project: Project, ada: User) -> Annotation:
    make_task(project)
    hers = claim_next(project=project, annotator=ada)
    assert hers is not None
    return submit(
        assignment=hers, body={"text": "Six."}, client_key=hers.client_key, active_seconds=7
    )


def test_the_list_is_filtered_by_each_condition(project: Project, ada: User, rita: Client) -> None:
    plain = make_annotation(make_task(project), annotator=ada, active_seconds=30)
    others = {
        "kind=ranking": make_annotation(make_task(project, "ranking"), active_seconds=30),
        "round=2": make_annotation(make_task(project, round_number=2), active_seconds=30),
        "standing=excluded": make_annotation(
            make_task(project), standing="excluded", active_seconds=30
        ),
        "language=de": make_annotation(
            make_task(project, prompt=make_prompt(project, language="de")), active_seconds=30
        ),
        "split=heldout": make_annotation(
            make_task(project, prompt=make_prompt(project, split="heldout")), active_seconds=30
        ),
        "at_most=3": make_annotation(make_task(project), active_seconds=3),
        "at_least=99": make_annotation(make_task(project), active_seconds=100),
    }

    assert listed(rita) == [a.pk for a in reversed([plain, *others.values()])]
    assert {q: listed(rita, f"?{q}") for q in others} == {q: [a.pk] for q, a in others.items()}
    assert listed(rita, f"?person={ada.pk}") == [plain.pk]
    assert listed(rita, f"?person={ada.pk}&round=1") == [plain.pk]
    assert listed(rita, f"?person={ada.pk}&round=2") == []
    later = make_annotation(make_task(project), annotator=ada)
    assert listed(rita, f"?person={ada.pk}&round=1") == [later.pk, plain.pk]
    later.delete()
    day = plain.created_at.date().isoformat()
    assert listed(rita, f"?since={day}&until={day}&person={ada.pk}") == [plain.pk]
    assert listed(rita, "?until=2020-01-01") == []
    assert rita.get(at("labels") + "?round=x").status_code == 422


def test_a_corrected_answer_is_listed_once_and_found_by_its_state(
    project: Project, ada: User, rita: Client
) -> None:
    first = answered(project, ada)
    again = revise(annotation=first, by=ada)
    second = send(signed_in(ada), again, body={"text": "Seven."}).json()

    assert second["next"] == at("answer", second["annotation"])
    assert listed(rita) == [second["annotation"]]
    assert listed(rita, "?standing=superseded") == [first.pk]


@pytest.mark.parametrize(
    ("sent", "standing", "task"),
    [
        ({"act": "comment", "text": "Why six?"}, "counts", "done"),
        ({"act": "send_back", "text": "Why six?"}, "sent_back", "open"),
        ({"act": "exclude", "text": "A guess.", "ask_again": "on"}, "excluded", "open"),
        ({"act": "exclude", "text": "A guess."}, "excluded", "withdrawn"),
    ],
)
def test_a_review(
    project: Project,
    ada: User,
    rita: Client,
    sent: dict[str, str],
    standing: str,
    task: str,
) -> None:
    label = answered(project, ada)
    answer = rita.post(at("label_review", label.pk), sent)

    assert answer["Location"] == at("label", label.pk)
    label.refresh_from_db()
    assert (label.standing, label.task.state) == (standing, task)
    page = rita.get(at("label", label.pk)).content.decode()
    assert sent["text"] in page
    mine = signed_in(ada).get(at("answer", label.pk)).content.decode()
    assert sent["text"] in mine


def test_a_review_without_words_or_act_changes_nothing(
    project: Project, ada: User, rita: Client
) -> None:
    label = answered(project, ada)
    for sent in ({"act": "exclude", "text": " "}, {"act": "erase"}, {}):
        assert rita.post(at("label_review", label.pk), sent).status_code == 422
    label.refresh_from_db()
    assert label.standing == "counts"


def test_a_decision_leads_back_to_its_own_page(project: Project, ada: User, rita: Client) -> None:
    label = answered(project, ada)
    there = rita.post(at("task_decide", label.task_id))["Location"]
    page = rita.get(there).content.decode()
    data = json.loads(re.findall(r'id="work-data"[^>]*>(.*?)</script>', page)[0])
    body = {
        "body": {"text": "Seven."},
        "client_key": data["client_key"],
        "active_seconds": 3,
        "guideline_version": 1,
    }
    done = rita.post(there, json.dumps(body), **JSON).json()

    assert "You are deciding this task" in page
    assert 'data-do="skip"' not in page
    assert done["next"] == at("label", done["annotation"])
    assert [a.standing for a in label.task.annotations.order_by("pk")] == ["overruled", "counts"]
    assert rita.get(done["next"]).status_code == 200


def test_answers_under_older_guidelines_are_sent_back_together(
    project: Project, ada: User, rita: Client
) -> None:
    old = [answered(project, ada) for _ in range(2)]
    Project.objects.filter(pk=project.pk).update(guideline_version=2)
    new = answered(project, ada)
    excluded = make_annotation(make_task(project), standing="excluded")
    chosen = [*old, excluded]
    here = at("labels") + "?guideline=1&standing=counts"

    assert sorted(listed(rita, "?guideline=1&standing=counts")) == [one.pk for one in old]
    form = {"answer": [one.pk for one in chosen], "text": "See v2.", "next": here}
    sent = rita.post(at("labels_send_back"), form)
    page = rita.get(here).content.decode()

    assert sent["Location"] == here
    assert "2 answers are sent back." in page
    assert "1 answer cannot be sent back" in page
    rows = Annotation.objects.order_by("pk").values_list("pk", "standing")
    assert dict(rows) == {
        old[0].pk: "sent_back",
        old[1].pk: "sent_back",
        new.pk: "counts",
        excluded.pk: "excluded",
    }
    assert [review.text for review in Review.objects.all()] == ["See v2."] * 2


@pytest.mark.parametrize("form", [{"text": "See v2."}, {"answer": "x", "text": "See v2."}, {}])
def test_nothing_is_sent_back_without_choice(
    project: Project, ada: User, rita: Client, form: dict[str, str]
) -> None:
    answer = answered(project, ada)

    assert rita.post(at("labels_send_back"), form).status_code == 422
    assert rita.post(at("labels_send_back"), {"answer": answer.pk, "text": " "}).status_code == 422
    assert Annotation.objects.get().standing == "counts"


def test_answers_of_another_project_are_not_sent_back(project: Project, rita: Client) -> None:
    other = make_annotation(make_task(make_project()))

    answer = rita.post(at("labels_send_back"), {"answer": other.pk, "text": "See v2."})

    assert answer.status_code == 422
    assert Annotation.objects.get().standing == "counts"


def test_a_day_is_the_readers_and_any_day_can_be_asked_for(
    project: Project, ada: User, rita: Client
) -> None:
    late = make_annotation(make_task(project), annotator=ada)
    moment = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)  # the next morning in Tokyo
    Annotation.objects.filter(pk=late.pk).update(created_at=moment)

    assert listed(rita, "?since=2026-03-01&until=2026-03-01") == [late.pk]
    rita.cookies["zone"] = "Asia/Tokyo"
    assert listed(rita, "?since=2026-03-01&until=2026-03-01") == []
    assert listed(rita, "?since=2026-03-02&until=2026-03-02") == [late.pk]
    assert listed(rita, "?since=0001-01-01&until=9999-12-31") == [late.pk]


def test_answers_to_chosen_and_to_drawn_tasks(
    project: Project, mona: User, ada: User, bob: User, rita: Client
) -> None:
    drawn = make_annotation(make_task(project), annotator=ada)
    chosen = make_annotation(make_task(project, is_chosen=True), annotator=ada)
    project.tasks.update(state="done", free_slots=0)
    task = make_task(project, is_chosen=True)
    submitted = submit(
        assignment=claim_next(project=project, annotator=bob),
        body={"text": "Ten."},
        client_key=uuid4(),
        active_seconds=1,
    )

    assert submitted.task == task
    assert listed(rita, "?choice=chosen") == [submitted.pk, chosen.pk]
    assert listed(rita, "?choice=drawn") == [drawn.pk]
    assert rita.get(at("labels") + "?choice=other").status_code == 422


def test_the_list_costs_the_same_however_long_it_is(
    project: Project, ada: User, rita: Client
) -> None:
    counts = []
    for _ in range(2):
        for _ in range(3):
            make_annotation(make_task(project, "ranking"), annotator=ada)
        with CaptureQueriesContext(connection) as captured:
            rita.get(at("labels"))
        counts.append(len(captured))

    # The session, the member, who answered, the keys, the answers, what they rank, the bell.
    assert counts == [7, 7]
