"""What the database is asked for a page and for an answer: each statement, counted and named."""

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from labeling import assigning
from labeling.assigning import claim_next
from labeling.models import Assignment, Project, Task
from labeling.preambles import change
from tests.factories import make_member, make_task
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


@pytest.mark.parametrize("system", ["", "Be brief."])
def test_a_page_and_an_answer_with_the_next_task(
    project: Project, ada: User, client: Client, system: str
) -> None:
    preamble = change(project=project, system=system, exemplars=[], by=None)
    for _ in range(2):
        make_task(project, "ranking", k=2, overlap=3, preamble=preamble)
    hers = claim_next(project=project, annotator=ada)
    body = {"tiers": [hers.shown_order], "unacceptable": []}

    page = statements(lambda: client.get(at("assignment", hers.pk)))
    answer = statements(lambda: send(client, hers, body=body))

    assert page == [
        "SELECT accounts_session",  # and the person
        "SELECT labeling_project",  # and the place in it
        "SELECT labeling_assignment",  # and the task and the prompt
        "SELECT labeling_completion",
    ]
    assert answer == [
        "SELECT accounts_session",
        "SELECT labeling_project",
        "SAVEPOINT",  # BEGIN outside of tests
        "SELECT labeling_task_completions",  # the locks: person, task, assignment
        "WITH labeling_assignment",  # the answer stored, the assignment ended, the task done
        "SELECT labeling_task_completions",  # the next task, picked and locked
        "WITH labeling_assignment",  # a slot of it taken
        "RELEASE",  # COMMIT
        "SELECT labeling_completion",  # of the next task
    ]


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
