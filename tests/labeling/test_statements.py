"""What the database is asked for a page and for an answer: each statement, counted and named."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from labeling import assigning, slots
from labeling.assigning import claim_next
from labeling.checks import drawing, golds
from labeling.kinds import kinds
from labeling.models import Annotation, Assignment, CheckSettings, KindSettings, Project, Task
from labeling.preambles import change
from labeling.submitting import submit
from tests.factories import make_member, make_task
from tests.labeling.answers import body_for
from tests.labeling.test_assigning import lapse
from tests.labeling.views.asking import at, send, signed_in


def statements(act: Callable[[], object]) -> list[str]:
    """What `act` asks of the database: the verb, and the first table that it names."""
    with CaptureQueriesContext(connection) as captured:
        act()
    words = [query["sql"].replace('"', "").split() for query in captured.captured_queries]
    return [" ".join([w[0], *re.findall(r"(?:FROM|INTO) (\w+)", " ".join(w))[:1]]) for w in words]


@pytest.fixture
def client(ada: User) -> Client:
    """Ada's browser."""
    return signed_in(ada)


PAGE = [
    "SELECT accounts_session",  # and the person
    "SELECT labeling_project",  # and the place in it
    "SELECT labeling_assignment",  # and the task, the prompt, the settings and the preamble
]
ANSWER = [
    "SELECT accounts_session",
    "SELECT labeling_project",
    "SAVEPOINT",  # BEGIN outside of tests
    "SELECT labeling_task_completions",  # the locks: person, task, assignment
    "WITH labeling_assignment",  # the answer stored, the assignment ended, the task done
    "WITH webhooks_endpoint",  # the message to those who asked to be told
    "SELECT labeling_task_completions",  # the next task, picked and locked
    "WITH labeling_assignment",  # a slot of it taken
    "RELEASE",  # COMMIT
]


def texts_of(found: Assignment) -> list[str]:
    """What the texts of a task take: one statement for each form on its page that shows them."""
    asked = statements(lambda: kinds()[found.task.kind].context(found))
    if kinds()[found.task.kind].is_live:  # what was said so far
        assert asked == ["SELECT labeling_exchange"]
    else:
        assert asked in [["SELECT labeling_completion"] * n for n in range(3)]
    return asked


def checking(found: Assignment, body: dict[str, Any]) -> list[str]:
    """What the kind asks for while the task is locked: one statement at most, of what it is about.

    The text, where places lie in it; the prompt with its rubric; what was said in a conversation.
    """
    task = slots.hold(found.pk).task
    kind = kinds()[task.kind]
    if kind.is_live:  # its answer is made of what was said
        return ["SELECT labeling_exchange"]
    asked = statements(lambda: kind.validate(task, body))
    if kind.reads_rubric:
        assert asked == ["SELECT labeling_prompt"]
    else:
        assert asked in ([], ["SELECT labeling_completion"])
    return asked


def set_settings(project: Project, kind: str, by: User) -> None:
    """Give tasks of `kind` settings of their own, where it has any: the template, stored."""
    if (settings := kinds()[kind].Settings) is not None:
        content = settings().model_dump(mode="json")
        KindSettings.objects.create(
            project=project, kind=kind, number=2, content=content, created_by=by
        )


def answer_next(project: Project, person: User) -> Annotation:
    """The next task of `person`, answered."""
    found = claim_next(project=project, annotator=person)
    assert found is not None
    body, key = body_for(found), found.client_key
    return submit(assignment=found, body=body, client_key=key, active_seconds=1)


@pytest.mark.parametrize("system", ["", "Be brief."])
@pytest.mark.parametrize("kind", kinds())
def test_a_page_and_an_answer_with_the_next_task(
    project: Project, ada: User, client: Client, kind: str, system: str
) -> None:
    set_settings(project, kind, ada)
    preamble = change(project=project, system=system, exemplars=[], by=None)
    for _ in range(2):
        make_task(project, kind, overlap=3, preamble=preamble)
    hers = claim_next(project=project, annotator=ada)
    texts, body = texts_of(hers), body_for(hers)
    checked = checking(hers, body)

    page = statements(lambda: client.get(at("assignment", hers.pk)))
    answer = statements(lambda: send(client, hers, body=body))

    assert page == PAGE + texts
    assert answer == [*ANSWER[:4], *checked, *ANSWER[4:], *texts]


@pytest.mark.parametrize("kind", [name for name, kind in kinds().items() if kind.enter_submits])
@pytest.mark.parametrize("check", ["gold", "repeat"])
def test_a_check_is_read_like_any_other_task(
    project: Project,
    ada: User,
    mona: User,
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    check: str,
) -> None:
    """One more statement would take time, by which people could tell it."""
    set_settings(project, kind, ada)
    make_task(project, kind, priority=1)
    golds.mark(annotation=answer_next(project, mona), by=mona)
    for _ in range(3):
        make_task(project, kind)
    answer_next(project, ada)
    hers = claim_next(project=project, annotator=ada)
    body = body_for(hers)
    checked = checking(hers, body)
    CheckSettings.objects.create(project=project, **{f"{check}_percent": 20}, repeat_after=1)
    monkeypatch.setattr(drawing, "chance", lambda: 0.0)

    answer = statements(lambda: send(client, hers, body=body))

    assert Assignment.objects.get(annotator=ada, state="active").purpose == check
    drawn = ["SELECT labeling_task_completions", "INSERT labeling_assignment"]
    assert answer == [*ANSWER[:4], *checked, *ANSWER[4:7], *drawn, "RELEASE", *texts_of(hers)]


def test_a_first_claim(project: Project, client: Client) -> None:
    make_task(project)

    assert statements(lambda: client.get(at("label_next"))) == [
        "SELECT accounts_session",
        "SELECT labeling_project",
        "SAVEPOINT",
        "SELECT accounts_user",  # locked: one claim of a person at a time
        "SELECT labeling_task_completions",
        "WITH labeling_assignment",
        "RELEASE",
    ]


def test_the_picked_task_is_the_first_of_the_claimable_ones(project: Project, ada: User) -> None:
    """The statement in assigning.py and TaskQuerySet.claimable_by say the same."""
    bob, eve = make_member(project), make_member(project)
    tasks = [
        make_task(project, kind, k=2, overlap=overlap, priority=priority)
        for kind in ("demonstration", "ranking")
        for overlap in (1, 2)
        for priority in (0, 3, -3)
    ]
    for person in (bob, eve, bob, bob):
        found = claim_next(project=project, annotator=person)
        Assignment.objects.filter(pk=found.pk).update(state="submitted")
    Task.objects.filter(pk=tasks[4].pk).update(state="withdrawn")

    for person in (ada, bob, eve):
        for kind in (None, "demonstration", "ranking"):
            claimable = Task.objects.filter(project=project).claimable_by(person)
            expected = claimable.filter(kind=kind) if kind else claimable
            picked = assigning._pick(project, person, kind)
            assert picked == expected.first()
            assert picked.completion_ids == [c.pk for c in picked.completions.order_by("pk")]


@pytest.mark.parametrize("kind", [None, "ranking"])
def test_picking_reads_the_index_of_open_tasks_only(
    project: Project, ada: User, kind: str | None
) -> None:
    prompt = make_task(project, "ranking").prompt
    make_task(project)
    others = ("done", 0), ("open", 1)
    Task.objects.bulk_create(
        Task(project=project, kind="demonstration", prompt=prompt, state=state, free_slots=free)
        for state, free in others
        for _ in range(5000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE labeling_task")

    with CaptureQueriesContext(connection) as captured:
        assigning._pick(project, ada, kind, unless_begun=True)
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (ANALYZE, TIMING OFF) " + captured.captured_queries[0]["sql"])
        plan = "\n".join(line for (line,) in cursor.fetchall())

    index = "labeling_task_claimable_kind" if kind else "labeling_task_claimable"
    assert re.search(rf"Index Scan using {index} on labeling_task t .*rows=1(\.00)? loops=1", plan)
    assert "Seq Scan on labeling_task t" not in plan


def test_what_one_has_begun_comes_before_a_new_task(
    project: Project, ada: User, client: Client
) -> None:
    make_task(project)
    make_task(project)
    hers = claim_next(project=project, annotator=ada)
    answers = [client.get(at("label_next"))["Location"]]
    lapse(hers)
    answers.append(client.get(at("label_next"))["Location"])

    assert answers == [at("assignment", hers.pk)] * 2


def test_an_urgent_task_whose_lease_died_comes_before_an_open_one(
    project: Project, ada: User, bob: User
) -> None:
    make_task(project)
    urgent = make_task(project, priority=1)
    lapse(claim_next(project=project, annotator=ada))

    assert claim_next(project=project, annotator=bob).task == urgent
