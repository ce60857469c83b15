"""The slots of a task: who holds one, how one comes free.

Every write that takes or gives back a slot locks the task's row first, in the order of primary
keys, so that `Task.free_slots` is always the overlap less the live assignments. Should this code
ever be wrong, the constraints labeling_slot_once and labeling_task_slots still hold.
"""

import json
import random
from datetime import timedelta

from django.db import transaction
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.db.models.functions import Greatest, Now
from django.utils import timezone

from accounts.models import User
from core.postgresql.rows import Columns, first_row
from labeling.models import Annotation, Assignment, KindSettings, Preamble, Project, Purpose, Task
from labeling.queries import AssignmentQuerySet, TaskQuerySet

ASSIGNMENT, TASK = Columns(Assignment, "a"), Columns(Task, "t")
PROJECT, ANNOTATOR = Columns(Project, "p"), Columns(User, "u")
SETTINGS = Columns(KindSettings, "k")  # of the task, with:
OF_SETTINGS = "LEFT JOIN labeling_kindsettings k ON k.id = t.settings_id"
PREAMBLE = Columns(Preamble, "b")  # of the task, with:
OF_PREAMBLE = "LEFT JOIN labeling_preamble b ON b.id = t.preamble_id"
COMPLETION_IDS = """
ARRAY(SELECT completion_id FROM labeling_task_completions WHERE task_id = t.id ORDER BY 1)
"""
TWINS = """
ARRAY(
  SELECT min(c.id) OVER (PARTITION BY c.text)
  FROM labeling_task_completions l JOIN labeling_completion c ON c.id = l.completion_id
  WHERE l.task_id = t.id ORDER BY c.id
)
"""

# The locks come in the order of the names: the person, whose claims go one by one, then the task,
# then the assignment. Each row is read as it is once its lock is held.
HOLD = f"""
SELECT {ASSIGNMENT}, {TASK}, {PROJECT}, {ANNOTATOR}, {SETTINGS}, {COMPLETION_IDS}, {TWINS}
FROM labeling_assignment a
JOIN accounts_user u ON u.id = a.annotator_id
JOIN labeling_task t ON t.id = a.task_id
JOIN labeling_project p ON p.id = t.project_id
{OF_SETTINGS}
WHERE a.id = %(assignment)s
FOR NO KEY UPDATE OF u, t, a
"""

# The task is locked, so that what this reads of its assignments is the newest.
ASSIGN = f"""
WITH taken AS (UPDATE labeling_task SET free_slots = free_slots - 1 WHERE id = %(task)s)
INSERT INTO labeling_assignment AS a (
  task_id, annotator_id, slot, purpose, state, lease_until,
  client_key, shown_order, draft_version, active_seconds, skip_reason, created_at
)
SELECT %(task)s, %(annotator)s, min(slot), %(purpose)s, 'active',
  statement_timestamp() + make_interval(mins => %(minutes)s),
  gen_random_uuid(), %(order)s::jsonb, 0, 0, '', statement_timestamp()
FROM generate_series(1, %(overlap)s) slot
WHERE NOT EXISTS (
  SELECT FROM labeling_assignment o
  WHERE o.task_id = %(task)s AND o.slot = slot.slot
  AND o.state IN ('active', 'submitted', 'revising')
)
RETURNING {ASSIGNMENT}
"""


def lock(task_id: int) -> Task:
    """The task, locked until the end of the transaction."""
    return _with_content(task_id).select_for_update(no_key=True, of=("self",)).get()


def lock_if_idle(task_id: int) -> Task | None:
    """The same, but None at once where others hold the lock."""
    task = _with_content(task_id)
    return task.select_for_update(no_key=True, skip_locked=True, of=("self",)).first()


def _with_content(task_id: int) -> TaskQuerySet:
    return Task.objects.filter(pk=task_id).select_related(
        "project", "prompt", "settings", "preamble"
    )


def hold(assignment_id: int) -> Assignment | None:
    """The assignment, its task and its annotator, locked until the end of the transaction.

    The task comes with its project, the ids of its completions and their twins: all in one
    statement.
    """
    row = first_row(HOLD, {"assignment": assignment_id})
    if row is None:
        return None
    assignment, task = ASSIGNMENT.read(row), TASK.read(row)
    assignment.task, task.project = task, PROJECT.read(row)
    assignment.annotator = ANNOTATOR.read(row)
    task.settings = SETTINGS.read_outer(row)
    task.completion_ids, task.twins = next(row), next(row)
    return assignment


def assign(task: Task, annotator: User, *, shown_order: list[int]) -> Assignment:
    """Give a free slot of the locked `task` to `annotator`, in one statement."""
    parameters = {
        "task": task.pk,
        "annotator": annotator.pk,
        "overlap": task.overlap,
        "purpose": task.purpose,
        "minutes": task.project.lease_minutes,
        "order": json.dumps(shown_order),
    }
    row = first_row(ASSIGN, parameters)
    assert row is not None
    assignment = ASSIGNMENT.read(row)
    assignment.task, assignment.annotator = task, annotator
    task.free_slots -= 1
    return assignment


def assign_check(
    task: Task, annotator: User, *, purpose: Purpose, shown_order: list[int]
) -> Assignment:
    """Give `annotator` a task that measures them: it holds no slot, nobody waits for it."""
    until = timezone.now() + timedelta(minutes=task.project.lease_minutes)
    return Assignment.objects.create(
        task=task,
        annotator=annotator,
        purpose=purpose,
        slot=0,
        lease_until=until,
        shown_order=shown_order,
    )


def resume_check(assignment: Assignment) -> Assignment:
    """Go on with a check that was begun, or that is to be answered once more."""
    minutes = assignment.task.project.lease_minutes
    assignment.lease_until = timezone.now() + timedelta(minutes=minutes)
    if assignment.state == Assignment.State.VOID:
        assignment.state, assignment.active_seconds = Assignment.State.ACTIVE, 0
    assignment.save(update_fields=["lease_until", "state", "active_seconds"])
    return assignment


def order_for(task: Task, annotator: User) -> list[int]:
    """The completion ids of a task in the order in which `annotator` sees them, always the same."""
    order = list(task.completion_ids)
    random.Random(f"{task.pk}:{annotator.pk}").shuffle(order)
    return order


def lowest_free(task: Task) -> int:
    """The lowest slot that no live assignment of the locked `task` holds."""
    taken = set(task.assignments.live().values_list("slot", flat=True))
    return next(slot for slot in range(1, task.overlap + 1) if slot not in taken)


def lease(project: Project) -> Now:
    """The end of a lease that begins now, by the database's clock."""
    return Now() + timedelta(minutes=project.lease_minutes)  # type: ignore[return-value]


def take(
    task: Task, assignment: Assignment, *, to: Assignment.State = Assignment.State.ACTIVE
) -> bool:
    """Give the expired or void `assignment` a slot of the locked `task` again.

    False when none is free, or when it is neither any more: it was read before the lock.
    """
    if task.state != Task.State.OPEN or task.free_slots < 1:
        return False
    slot = lowest_free(task)
    lost = Assignment.State.EXPIRED, Assignment.State.VOID
    lapsed = Assignment.objects.filter(pk=assignment.pk, state__in=lost, slot__gt=0)
    if not lapsed.update(state=to, slot=slot, lease_until=lease(task.project)):
        return False
    Task.objects.filter(pk=task.pk).update(free_slots=F("free_slots") - 1)
    task.free_slots -= 1
    assignment.state, assignment.slot = to, slot
    return True


def vacate(task: Task, assignment: Assignment, *, ask_again: bool) -> None:
    """Take its slot from an assignment of the locked `task` whose answer does not count any more.

    ask_again: the slot is free for someone else. Otherwise it goes, and the task with its last one.
    """
    ask_again = ask_again and task.prompt.withdrawn_at is None
    gone = Assignment.objects.live().filter(pk=assignment.pk)
    if not gone.update(state=Assignment.State.VOID, draft=None):
        return
    assignment.state, assignment.draft = Assignment.State.VOID, None
    if ask_again or task.overlap == 1:
        task.free_slots += 1
    else:
        task.overlap -= 1
    if not ask_again and task.free_slots == task.overlap == 1:
        task.state = Task.State.WITHDRAWN
    settle(task)


def reoccupy(task: Task, assignment: Assignment) -> None:
    """Give the void `assignment` of the locked `task` a slot again, a new one if none is free."""
    if assignment.state != Assignment.State.VOID:
        return
    if task.free_slots == 0:
        task.overlap += 1
    else:
        task.free_slots -= 1
    if task.state == Task.State.WITHDRAWN:
        task.state = Task.State.OPEN
    assignment.state, assignment.slot = Assignment.State.SUBMITTED, lowest_free(task)
    assignment.save(update_fields=["state", "slot"])
    settle(task)


def close(task: Task) -> None:
    """Ask nobody any more: the free slots of the locked `task` go, as far as it keeps one."""
    gone = min(task.free_slots, task.overlap - 1)
    task.overlap, task.free_slots = task.overlap - gone, task.free_slots - gone
    task.save(update_fields=["overlap", "free_slots"])
    still_asked = Task.objects.filter(pk=task.pk, state=Task.State.OPEN)
    still_asked.update(state=Task.State.DONE)


def open_another(task: Task) -> None:
    """Ask one more person about the locked `task`."""
    task.overlap, task.free_slots = task.overlap + 1, task.free_slots + 1
    settle(task)


def settle(task: Task) -> None:
    """Store the slots of the locked `task`; it is open while an answer of it is missing."""
    if task.state != Task.State.WITHDRAWN:
        waiting = task.assignments.live().exclude(state=Assignment.State.SUBMITTED)
        is_open = task.free_slots > 0 or waiting.exists()
        is_decided = task.annotations.decisions().exists()
        task.state = Task.State.OPEN if is_open and not is_decided else Task.State.DONE
    task.save(update_fields=["overlap", "free_slots", "state"])


def reopen(ids: list[int]) -> None:
    """Open withdrawn, locked tasks again; done are those that need no answer any more."""
    withdrawn = Task.objects.filter(pk__in=ids, state=Task.State.WITHDRAWN)
    withdrawn.update(state=_state())


def set_overlap(ids: list[int], overlap: int) -> None:
    """Let locked tasks be answered `overlap` times; who holds a slot keeps it, even beyond that."""
    held = F("overlap") - F("free_slots")
    tasks = Task.objects.filter(pk__in=ids)
    tasks.update(overlap=Greatest(held, overlap), free_slots=Greatest(held, overlap) - held)
    tasks.exclude(state=Task.State.WITHDRAWN).update(state=_state())


def _state() -> Case:
    """Done for a task that has all its answers or a decision, else open."""
    live = Assignment.objects.live().filter(task=OuterRef("pk"))
    waiting = live.exclude(state=Assignment.State.SUBMITTED)
    decided = Annotation.objects.decisions().filter(task=OuterRef("pk"))
    missing = (Q(free_slots__gt=0) | Exists(waiting)) & ~Exists(decided)
    return Case(When(missing, then=Value(Task.State.OPEN)), default=Value(Task.State.DONE))


def give_back(task: Task, assignments: Q, *, state: Assignment.State, **fields: object) -> int:
    """End the active assignments of the locked `task` that match and return how many."""
    active = task.assignments.filter(assignments, state=Assignment.State.ACTIVE, slot__gt=0)
    ended = active.update(state=state, **fields)
    Task.objects.filter(pk=task.pk).update(free_slots=F("free_slots") + ended)
    task.free_slots += ended
    return ended


def expire(project: Project) -> int:
    """Free the slots of dead leases and return how many. Tasks locked by others wait."""
    return _expire(Assignment.objects.filter(task__project=project))


@transaction.atomic
def expire_everywhere() -> int:
    """The same for all projects."""
    return _expire(Assignment.objects.all())


def _expire(assignments: AssignmentQuerySet) -> int:
    dead = Q(lease_until__lt=Now())
    stale = assignments.filter(dead, state=Assignment.State.ACTIVE, slot__gt=0)
    ids = sorted(set(stale.values_list("task_id", flat=True)))
    tasks = Task.objects.filter(pk__in=ids).order_by("pk")
    locked = tasks.select_for_update(no_key=True, skip_locked=True) if ids else []
    return sum(give_back(task, dead, state=Assignment.State.EXPIRED) for task in locked)
