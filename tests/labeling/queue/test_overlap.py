"""Another number of answers per task, for one task or for all that are open."""

from threading import Barrier, Thread

import pytest
from django.db import connection

from accounts.models import AuditEntry, User
from core.errors import BadInputError, ConflictError
from labeling.assigning import claim_next
from labeling.models import Project, Role, Task
from labeling.queue.overlap import Effect, change, changeable, effect
from labeling.submitting import submit
from tests.factories import make_member, make_project, make_task


def answer(project: Project, person: User) -> None:
    """Claim and submit."""
    found = claim_next(project=project, annotator=person)
    assert found is not None
    submit(assignment=found, body={"text": "Six."}, client_key=found.client_key, active_seconds=1)


def to(project: Project, overlap: int, mona: User, **chosen: object) -> int:
    """Change the tasks that were chosen."""
    tasks = Task.objects.filter(project=project, **chosen)
    return change(project=project, tasks=tasks, overlap=overlap, by=mona)


def slots(project: Project) -> list[tuple[str, int, int]]:
    """State, overlap and free slots of each task."""
    return list(project.tasks.order_by("pk").values_list("state", "overlap", "free_slots"))


def test_lowering_drops_no_answer(project: Project, ada: User, bob: User, mona: User) -> None:
    for overlap in (3, 3, 3):
        make_task(project, overlap=overlap)
    for person in (ada, bob):
        answer(project, person)  # both to the first
    answer(project, ada)  # the second
    claim_next(project=project, annotator=bob)  # holds the second
    before = changeable(project)

    assert effect(before, 1) == Effect(tasks=3, more=0, fewer=4, kept=2)
    assert to(project, 1, mona) == 3

    assert slots(project) == [("done", 2, 0), ("open", 2, 0), ("open", 1, 1)]
    answer(project, bob)
    assert slots(project)[1] == ("done", 2, 0)
    assert project.annotations.counted().count() == 4


def test_raising_opens_what_was_done(project: Project, ada: User, bob: User, mona: User) -> None:
    make_task(project)
    answer(project, ada)
    assert slots(project) == [("done", 1, 0)]

    to(project, 2, mona)

    assert slots(project) == [("open", 2, 1)]
    assert claim_next(project=project, annotator=ada) is None  # not a second time
    answer(project, bob)
    assert slots(project) == [("done", 2, 0)]
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.details) == ("tasks.overlap", {"tasks": 1, "overlap": 2})


def test_what_is_withdrawn_stays_so(project: Project, mona: User) -> None:
    make_task(project)
    project.tasks.update(state="withdrawn")

    to(project, 3, mona)

    assert slots(project) == [("withdrawn", 3, 3)]


def test_a_frozen_round_is_not_changed(project: Project, mona: User) -> None:
    make_task(project, round_number=1)
    later = make_task(project, round_number=2)
    Project.objects.filter(pk=project.pk).update(frozen_round=1)
    project.refresh_from_db()

    with pytest.raises(ConflictError, match="Training has begun"):
        to(project, 2, mona)
    assert list(changeable(project)) == [later]
    assert to(project, 2, mona, pk=later.pk) == 1
    for wrong in (0, 21):
        with pytest.raises(BadInputError):
            to(project, wrong, mona, pk=later.pk)


@pytest.mark.django_db(transaction=True)
def test_changing_while_people_claim_and_submit() -> None:
    project = make_project("kitchen")
    mona = make_member(project, "Mona", Role.MANAGER)
    people = [make_member(project) for _ in range(4)]
    for _ in range(25):
        make_task(project, overlap=2)
    barrier = Barrier(5)

    def work(person: User) -> None:
        barrier.wait()
        while (found := claim_next(project=project, annotator=person)) is not None:
            submit(
                assignment=found,
                body={"text": "Six."},
                client_key=found.client_key,
                active_seconds=1,
            )
        connection.close()

    def steer() -> None:
        barrier.wait()
        for overlap in (3, 1, 4, 2):
            change(project=project, tasks=changeable(project), overlap=overlap, by=mona)
        connection.close()

    threads = [Thread(target=work, args=[person]) for person in people]
    threads.append(Thread(target=steer))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    for task in project.tasks.all():
        live = task.assignments.live().count()
        assert task.free_slots == task.overlap - live
        assert task.annotations.counted().count() == live
