"""Who works on what."""

import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.models.functions import Now

from accounts.models import User
from core.errors import BadInputError, ConflictError, StaleDraftError
from labeling import slots
from labeling.assigning import claim_next, save_draft, skip
from labeling.models import Assignment, Project, Task
from labeling.submitting import submit
from tests.factories import make_member, make_project, make_task
from workers.tasks import expire_leases


def lapse(assignment: Assignment) -> None:
    """Let the lease end a minute ago."""
    Assignment.objects.filter(pk=assignment.pk).update(lease_until=Now() - timedelta(minutes=1))


def test_claims_go_by_priority_then_age(project: Project, ada: User, bob: User) -> None:
    old, new = make_task(project), make_task(project)
    urgent = make_task(project, priority=5)
    people = [ada, bob, make_member(project)]

    claimed = [claim_next(project=project, annotator=person) for person in people]

    assert [a.task for a in claimed if a] == [urgent, old, new]


def test_claiming_reads_the_index_of_open_tasks_only(project: Project, ada: User) -> None:
    prompt = make_task(project).prompt
    Task.objects.bulk_create(
        Task(project=project, kind="demonstration", prompt=prompt, state="done", free_slots=0)
        for _ in range(5000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE labeling_task")

    plan = Task.objects.filter(project=project).claimable_by(ada)[:1].explain()

    assert "labeling_task_claimable" in plan
    assert "Seq Scan on labeling_task" not in plan


def test_own_unfinished_work_comes_first(project: Project, ada: User) -> None:
    make_task(project)
    make_task(project)
    first = claim_next(project=project, annotator=ada)

    assert claim_next(project=project, annotator=ada) == first


def test_nobody_gets_a_task_twice_and_the_overlap_is_kept(
    project: Project, ada: User, bob: User
) -> None:
    task = make_task(project, overlap=2)
    third = make_member(project)
    claims = [claim_next(project=project, annotator=person) for person in (ada, bob, third)]

    assert [(a.task, a.slot) if a else None for a in claims] == [(task, 1), (task, 2), None]
    skip(assignment=claims[0], reason="bad prompt")
    assert claim_next(project=project, annotator=ada) is None
    assert claim_next(project=project, annotator=third).slot == 1


def test_only_the_asked_kind_and_project(project: Project, ada: User) -> None:
    make_task(make_project())
    make_task(project, "demonstration")
    ranking = make_task(project, "ranking")

    assert claim_next(project=project, annotator=ada, kind="ranking").task == ranking


def test_shown_order_is_the_persons_own_and_holds_all(project: Project) -> None:
    task = make_task(project, "ranking", k=9, overlap=4)
    orders = [
        claim_next(project=project, annotator=make_member(project)).shown_order for _ in "4444"
    ]

    ids = sorted(task.completions.values_list("pk", flat=True))
    assert [sorted(order) for order in orders] == [ids] * 4
    assert len({tuple(order) for order in orders}) > 1


def test_a_dead_lease_frees_the_slot_and_its_holder_can_come_back(
    project: Project, ada: User, bob: User
) -> None:
    task = make_task(project)
    hers = claim_next(project=project, annotator=ada)
    save_draft(assignment=hers, draft={"text": "half"}, version=0, active_seconds=3)
    lapse(hers)

    his = claim_next(project=project, annotator=bob)
    assert (his.task, his.slot) == (task, 1)
    assert claim_next(project=project, annotator=ada) is None
    skip(assignment=his, reason="too hard")

    again = claim_next(project=project, annotator=ada)
    assert (again.pk, again.draft, again.state) == (hers.pk, {"text": "half"}, "active")
    task.refresh_from_db()
    assert task.free_slots == 0


def test_dead_leases_end_in_all_projects_and_living_ones_stay(
    project: Project, ada: User, bob: User
) -> None:
    other = make_project()
    hers = claim_next(project=make_task(project).project, annotator=ada)
    his = claim_next(project=make_task(project).project, annotator=bob)
    theirs = claim_next(project=make_task(other).project, annotator=make_member(other))
    lapse(hers)
    lapse(theirs)

    expire_leases()

    states = {a.pk: (a.state, a.task.free_slots) for a in Assignment.objects.all()}
    assert states == {hers.pk: ("expired", 1), his.pk: ("active", 0), theirs.pk: ("expired", 1)}
    assert slots.expire_everywhere() == 0


def test_a_claim_renews_ones_own_dead_lease(project: Project, ada: User) -> None:
    make_task(project)
    hers = claim_next(project=project, annotator=ada)
    lapse(hers)

    again = claim_next(project=project, annotator=ada)

    assert again == hers
    assert Assignment.objects.filter(pk=hers.pk, lease_until__gt=Now(), state="active").exists()


def test_a_draft_raises_its_version_and_the_lease(project: Project, ada: User) -> None:
    make_task(project)
    hers = claim_next(project=project, annotator=ada)
    lapse(hers)

    saved = save_draft(assignment=hers, draft={"text": "a"}, version=0, active_seconds=5)

    assert (saved.draft, saved.draft_version, saved.active_seconds) == ({"text": "a"}, 1, 5)
    assert Assignment.objects.filter(pk=hers.pk, lease_until__gt=Now()).exists()
    only_renewed = save_draft(assignment=hers, draft=None, version=1, active_seconds=2)
    assert (only_renewed.draft_version, only_renewed.active_seconds) == (1, 5)


def test_the_second_tab_gets_what_the_first_saved(project: Project, ada: User) -> None:
    make_task(project)
    hers = claim_next(project=project, annotator=ada)
    save_draft(assignment=hers, draft={"text": "tab one"}, version=0, active_seconds=0)

    with pytest.raises(StaleDraftError) as caught:
        save_draft(assignment=hers, draft={"text": "tab two"}, version=0, active_seconds=0)

    assert (caught.value.version, caught.value.draft) == (1, {"text": "tab one"})


def test_a_draft_that_the_database_cannot_hold_is_refused(project: Project, ada: User) -> None:
    make_task(project)
    hers = claim_next(project=project, annotator=ada)

    for bad in ({"text": "\0"}, {"text": "\ud800"}, {"n": float("nan")}):
        with pytest.raises(BadInputError):
            save_draft(assignment=hers, draft=bad, version=0, active_seconds=0)


@pytest.mark.parametrize(("sent", "kept"), [(3_000_000_000, 86_400), (-5, 0), (7, 7)])
def test_nobody_is_active_for_more_than_a_day(
    project: Project, ada: User, sent: int, kept: int
) -> None:
    make_task(project)
    hers = claim_next(project=project, annotator=ada)

    saved = save_draft(assignment=hers, draft={"text": "a"}, version=0, active_seconds=sent)

    assert saved.active_seconds == kept


def test_a_skipped_task_does_not_come_back_by_a_late_draft(project: Project, ada: User) -> None:
    task = make_task(project)
    hers = claim_next(project=project, annotator=ada)
    skip(assignment=hers, reason="unsafe")

    with pytest.raises(ConflictError, match="skipped"):
        save_draft(assignment=hers, draft={"text": "a"}, version=0, active_seconds=0)

    hers.refresh_from_db()
    task.refresh_from_db()
    assert (hers.state, hers.draft, task.free_slots) == ("skipped", None, 1)


def test_skipping_needs_a_reason_and_happens_once(project: Project, ada: User) -> None:
    task = make_task(project)
    hers = claim_next(project=project, annotator=ada)

    with pytest.raises(BadInputError):
        skip(assignment=hers, reason=" ")
    with pytest.raises(BadInputError):
        skip(assignment=hers, reason="other: \0")
    skip(assignment=hers, reason="unsafe")
    with pytest.raises(ConflictError):
        skip(assignment=hers, reason="again")

    task.refresh_from_db()
    assert (task.free_slots, task.state) == (1, Task.State.OPEN)


def hand_in(assignment: Assignment) -> None:
    key = assignment.client_key
    submit(assignment=assignment, body={"text": "a"}, client_key=key, active_seconds=1)


def autosave(assignment: Assignment) -> None:
    save_draft(assignment=assignment, draft={"text": "a"}, version=0, active_seconds=1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("act", "state"), [(hand_in, "submitted"), (autosave, "active")])
def test_what_another_tab_does_to_a_dead_lease_stands_when_a_claim_comes_upon_it(
    act: Callable[[Assignment], None], state: str
) -> None:
    project = make_project()
    task, ada = make_task(project, overlap=2), make_member(project)
    hers = claim_next(project=project, annotator=ada)
    lapse(hers)
    slots.expire_everywhere()

    def claim() -> None:
        try:
            claim_next(project=project, annotator=ada)
        finally:
            connection.close()

    other_tab = threading.Thread(target=claim)
    with transaction.atomic():
        act(hers)
        other_tab.start()
        other_tab.join(timeout=2)  # it has read the lease as dead, and would wait for the lock
    other_tab.join()

    hers.refresh_from_db()
    task.refresh_from_db()
    assert (hers.state, task.free_slots) == (state, 1)


def test_a_lease_that_is_dead_no_more_takes_no_second_slot(project: Project, ada: User) -> None:
    task = make_task(project, overlap=3)
    hers = claim_next(project=project, annotator=ada)
    lapse(hers)
    slots.expire(project)
    hers.refresh_from_db()
    autosave(hers)  # from another tab

    assert slots.take(slots.lock(task.pk), hers) is False
    task.refresh_from_db()
    assert task.free_slots == 2


@pytest.mark.django_db(transaction=True)
def test_fifty_people_at_once_never_hold_more_than_the_overlap() -> None:
    project = make_project()
    tasks = [make_task(project, overlap=3) for _ in range(20)]  # 60 slots
    people = [make_member(project) for _ in range(50)]
    claimed: list[int] = []
    start = threading.Barrier(len(people))

    def work(person: User) -> None:
        try:
            start.wait()
            assignment = claim_next(project=project, annotator=person)
            if assignment:
                claimed.append(assignment.pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    rows = list(Assignment.objects.values_list("task_id", "slot"))
    assert len(claimed) == len(rows) == len(set(rows))
    held = Counter(task_id for task_id, _slot in rows)
    for task in tasks:
        task.refresh_from_db()
        assert task.free_slots == 3 - held[task.pk]
    with transaction.atomic():  # those whom SKIP LOCKED sent away find the rest
        rest = [claim_next(project=project, annotator=person) for person in people]
    assert None not in rest
    assert max(Counter(Assignment.objects.values_list("task_id", flat=True)).values()) == 3
