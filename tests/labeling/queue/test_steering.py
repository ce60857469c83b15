"""Tasks are withdrawn, opened again and asked sooner or later, one or many."""

from threading import Barrier, Thread

import pytest
from django.db import connection

from accounts.models import AuditEntry, User
from core.errors import BadInputError
from labeling.assigning import claim_next
from labeling.models import Annotation, Project, Purpose, Role, Task
from labeling.queue import locking, steering
from labeling.queue.steering import Act, steer
from labeling.slots import expire
from labeling.submitting import submit
from tests.factories import make_annotation, make_member, make_project, make_prompt, make_task
from tests.labeling.test_assigning import lapse


def do(project: Project, act: str, mona: User, **chosen: object) -> int:
    """`act` on the tasks that were chosen."""
    tasks = Task.objects.filter(project=project, **chosen)
    return steer(project=project, tasks=tasks, act=act, by=mona, shown={"kind": "ranking"})


def states(project: Project) -> list[str]:
    """Of its tasks, in their order."""
    return list(project.tasks.order_by("pk").values_list("state", flat=True))


def test_the_order_in_which_tasks_go_out(project: Project, ada: User, mona: User) -> None:
    first, second, third = (make_task(project, priority=1) for _ in range(3))

    assert do(project, Act.LATER, mona, pk=first.pk) == 1
    assert do(project, Act.NOW, mona, pk=third.pk) == 1

    order = list(Task.objects.claimable_by(ada))
    assert order == [third, second, first]
    assert [task.urgency for task in order] == ["now", "normal", "later"]
    assert do(project, Act.NORMAL, mona) == 3
    assert list(Task.objects.claimable_by(ada)) == [first, second, third]
    assert set(Task.objects.values_list("priority", flat=True)) == {1}


def test_what_is_withdrawn_is_opened_again(
    project: Project, ada: User, bob: User, mona: User
) -> None:
    begun, fresh, done = (make_task(project) for _ in range(3))
    decided = make_task(project)
    claim_next(project=project, annotator=ada)
    Task.objects.filter(pk=done.pk).update(state="done", free_slots=0)
    rita = make_member(project, "Rita", Role.REVIEWER)
    decision = make_annotation(decided, annotator=rita)
    Annotation.objects.filter(pk=decision.pk).update(purpose=Purpose.DECISION)

    assert do(project, Act.WITHDRAW, mona) == 3
    assert states(project) == ["withdrawn", "withdrawn", "done", "withdrawn"]
    assert claim_next(project=project, annotator=bob) is None
    assert steering.begun(Task.objects.filter(pk__in=[begun.pk, fresh.pk])) == 1
    assert do(project, Act.REOPEN, mona) == 3

    assert states(project) == ["open", "open", "done", "done"]
    assert claim_next(project=project, annotator=bob).task == fresh
    entries = AuditEntry.objects.order_by("pk")
    assert [(e.action, e.target, e.details) for e in entries] == [
        (f"tasks.{act}", f"labeling.Project:{project.pk}", {"tasks": 3, "kind": "ranking"})
        for act in ("withdraw", "reopen")
    ]


def test_who_has_begun_a_withdrawn_task(project: Project, ada: User, bob: User, mona: User) -> None:
    """While the slot is held the answer counts, afterwards it is an extra one: as the page says."""
    for _ in range(2):
        make_task(project)
    begun = [claim_next(project=project, annotator=person) for person in (ada, bob)]
    do(project, Act.WITHDRAW, mona)
    lapse(begun[1])
    expire(project)

    given = [
        submit(assignment=a, body={"text": "Six."}, client_key=a.client_key, active_seconds=1)
        for a in begun
    ]

    assert [answer.standing for answer in given] == ["counts", "surplus"]
    assert states(project) == ["withdrawn"] * 2
    do(project, Act.REOPEN, mona)
    assert states(project) == ["done", "open"]


def test_nothing_is_opened_whose_prompt_is_withdrawn(
    project: Project, mona: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locking, "BATCH", 2)  # so that these are several
    gone = make_prompt(project, withdrawn_at="2026-01-01T00:00Z")
    for prompt in (gone, None, None, None, None, None):
        make_task(project, prompt=prompt)

    assert do(project, Act.WITHDRAW, mona) == 6
    assert do(project, Act.REOPEN, mona) == 5
    assert states(project) == ["withdrawn", *["open"] * 5]


def test_an_act_that_is_none(project: Project, mona: User) -> None:
    with pytest.raises(BadInputError):
        do(project, "delete", mona)
    assert do(project, Act.REOPEN, mona) == 0
    assert AuditEntry.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_withdrawing_meets_people_who_claim() -> None:
    """Nobody gets a task that was withdrawn before, no slot is lost, and nothing waits for ever."""
    project = make_project("kitchen")
    mona = make_member(project, "Mona", Role.MANAGER)
    people = [make_member(project) for _ in range(4)]
    for _ in range(60):
        make_task(project, overlap=2)
    barrier = Barrier(6)

    def claim(person: User) -> None:
        barrier.wait()
        while (found := claim_next(project=project, annotator=person)) is not None:
            submit(
                assignment=found,
                body={"text": "Six."},
                client_key=found.client_key,
                active_seconds=1,
            )
        connection.close()

    def withdraw(act: str) -> None:
        barrier.wait()
        do(project, act, mona)
        connection.close()

    threads = [Thread(target=claim, args=[person]) for person in people]
    threads += [Thread(target=withdraw, args=[act]) for act in (Act.WITHDRAW, Act.NOW)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    for task in project.tasks.all():
        assert task.free_slots == task.overlap - task.assignments.live().count()
        given = task.annotations.counted().count()
        assert task.state == "withdrawn" or given == 2
