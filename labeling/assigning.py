"""Who works on what: claiming the next task, keeping its draft, leaving it."""

from typing import Any

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import BadInputError, ConflictError, StaleDraftError
from core.postgresql.rows import Columns, first_row
from core.text import clean_json, clean_text
from labeling import slots
from labeling.checks import drawing, screening
from labeling.models import CHECKS, LONGEST_DAY, Assignment, Project, Prompt, Task

PROMPT = Columns(Prompt, "m")

# What TaskQuerySet.claimable_by says. One statement picks and locks; tasks that others are claiming
# right now are passed over.
PICK = f"""
SELECT {slots.TASK}, {PROMPT}, {slots.SETTINGS}, {slots.PREAMBLE}, {slots.COMPLETION_IDS}
FROM labeling_task t JOIN labeling_prompt m ON m.id = t.prompt_id
{slots.OF_SETTINGS} {slots.OF_PREAMBLE}
WHERE t.project_id = %(project)s AND t.state = 'open' AND t.free_slots > 0 {{where}}
AND %(annotator)s <> ALL (t.authors)
AND NOT EXISTS (
  SELECT FROM labeling_assignment h WHERE h.task_id = t.id AND h.annotator_id = %(annotator)s
)
AND NOT EXISTS (
  SELECT FROM labeling_membership r
  WHERE r.project_id = %(project)s AND r.user_id = %(annotator)s AND (
    cardinality(r.kinds) > 0 AND t.kind <> ALL (r.kinds)
    OR cardinality(r.languages) > 0 AND t.language <> ALL (r.languages)
    OR cardinality(r.chosen_kinds) > 0 AND t.kind <> ALL (r.chosen_kinds)
    OR cardinality(r.chosen_languages) > 0 AND t.language <> ALL (r.chosen_languages)
    OR r.avoids_warned AND m.content_warning IN ('reported', 'marked')
  )
)
ORDER BY t.priority DESC, t.turn, t.id LIMIT 1
FOR NO KEY UPDATE OF t SKIP LOCKED
"""
OF_KIND = "AND t.kind = %(kind)s"
# False for each task while the person has begun one or a lease of the project is dead: this comes
# first then.
NOTHING_BEFORE = """
AND NOT EXISTS (
  SELECT FROM labeling_assignment b JOIN labeling_task bt ON bt.id = b.task_id
  WHERE b.annotator_id = %(annotator)s AND b.state IN ('active', 'revising', 'expired')
  AND b.purpose <> 'decision' AND bt.project_id = %(project)s
  AND (b.state <> 'expired' OR bt.state = 'open' AND bt.free_slots > 0)
)
AND NOT EXISTS (
  SELECT FROM labeling_assignment d JOIN labeling_task dt ON dt.id = d.task_id
  WHERE d.state = 'active' AND d.slot > 0 AND d.lease_until < statement_timestamp()
  AND dt.project_id = %(project)s
)
"""


@transaction.atomic
def claim_next(*, project: Project, annotator: User, kind: str | None = None) -> Assignment | None:
    """What `annotator` does next; None when nothing is left for them.

    Their own unfinished assignment comes first, then one whose lease ran out while its slot is
    still free (its draft is kept), then the most urgent open task.
    """
    # One claim of a person at a time, or two tabs would hold two tasks.
    person = User.objects.select_for_update(no_key=True).filter(pk=annotator.pk)
    person.values_list("pk").get()
    return claim_locked(project=project, annotator=annotator, kind=kind)


def claim_locked(*, project: Project, annotator: User, kind: str | None) -> Assignment | None:
    """The same for a person whose row is locked."""
    if screening.is_due(project, annotator):
        return screening.next_test(project, annotator)
    # Mostly nothing comes before an open task, and two statements are enough.
    if task := _pick(project, annotator, kind, unless_begun=True):
        return _new(task, annotator)
    slots.expire(project)
    wanted = Q(project=project) & (Q(kind=kind) if kind else Q())
    if begun := _own(annotator, wanted) or _resumed(annotator, wanted):
        return begun
    task = _pick(project, annotator, kind)
    return _new(task, annotator) if task else None


def _own(annotator: User, wanted: Q) -> Assignment | None:
    tasks = Task.objects.filter(wanted)
    begun = Assignment.objects.in_work(annotator).filter(task__in=tasks)
    parts = "task__prompt", "task__project", "task__settings", "task__preamble"
    assignment = begun.select_related(*parts).first()
    if assignment:
        renew(assignment=assignment)
    return assignment


def _resumed(annotator: User, wanted: Q) -> Assignment | None:
    tasks = Task.objects.filter(wanted)
    for assignment in Assignment.objects.resumable_by(annotator).filter(task__in=tasks)[:3]:
        # Not waiting: this holds other tasks' locks already, which two claims could wait for.
        task = slots.lock_if_idle(assignment.task_id)
        if task and slots.take(task, assignment):
            return assignment
    return None


def _pick(
    project: Project, annotator: User, kind: str | None, *, unless_begun: bool = False
) -> Task | None:
    """The most urgent task open to `annotator`, locked, with its prompt and completion ids."""
    where = (OF_KIND if kind else "") + (NOTHING_BEFORE if unless_begun else "")
    parameters = {"project": project.pk, "annotator": annotator.pk, "kind": kind}
    row = first_row(PICK.format(where=where), parameters)
    if row is None:
        return None
    task = slots.TASK.read(row)
    task.project, task.prompt = project, PROMPT.read(row)
    task.settings = slots.SETTINGS.read_outer(row)
    task.preamble = slots.PREAMBLE.read_outer(row)
    task.completion_ids = next(row)
    return task


def _new(task: Task, annotator: User) -> Assignment:
    """That task, or now and then a check in its place."""
    if check := drawing.instead_of(task, annotator):
        return check
    return slots.assign(task, annotator, shown_order=slots.order_for(task, annotator))


def renew(*, assignment: Assignment) -> None:
    """Begin the lease anew, if the slot is still held."""
    project = assignment.task.project
    Assignment.objects.filter(pk=assignment.pk, state=Assignment.State.ACTIVE).update(
        lease_until=slots.lease(project)
    )


@transaction.atomic
def save_draft(
    *, assignment: Assignment, draft: dict[str, Any] | None, version: int, active_seconds: int
) -> Assignment:
    """Keep `draft` (None: only renew the lease) and return the assignment as it is now.

    version: of the draft that the page began from. StaleDraftError when another tab saved since.
    """
    task = slots.lock(assignment.task_id)
    row = Assignment.objects.select_for_update(no_key=True).get(pk=assignment.pk)
    if row.state in {Assignment.State.SUBMITTED, Assignment.State.SURPLUS}:
        raise ConflictError(_("This task is already submitted."))
    if row.state == Assignment.State.SKIPPED:
        raise ConflictError(_("You have skipped this task: it goes to others. Take the next one."))
    if row.state == Assignment.State.VOID:
        raise ConflictError(_("This answer was excluded or taken back. Take the next task."))
    if row.draft_version != version:
        raise StaleDraftError(
            _("This task was changed in another tab or on another device."),
            version=row.draft_version,
            draft=row.draft,
        )
    if draft is not None and draft != row.draft:
        row.draft, row.draft_version = clean_json(draft), version + 1
    row.active_seconds = max(row.active_seconds, min(active_seconds, LONGEST_DAY))
    row.save(update_fields=["draft", "draft_version", "active_seconds"])
    if row.state == Assignment.State.ACTIVE:
        renew(assignment=row)
    elif row.state == Assignment.State.EXPIRED:
        slots.take(task, row)
    row.refresh_from_db()
    return row


@transaction.atomic
def release(*, assignment: Assignment) -> None:
    """Let others have the task now, as if the lease had run out; the draft stays.

    A check stays with who was drawn for it, which nobody is told.
    """
    task = slots.lock(assignment.task_id)
    mine = Q(pk=assignment.pk)
    if slots.give_back(task, mine, state=Assignment.State.EXPIRED):
        return
    checks = Assignment.objects.filter(mine, state=Assignment.State.ACTIVE, purpose__in=CHECKS)
    if not checks.exists():
        raise ConflictError(_("This task is not reserved for you any more."))


@transaction.atomic
def skip(*, assignment: Assignment, reason: str) -> None:
    """Leave the task to others; it does not come back to this annotator."""
    reason = clean_text(reason.strip()[:200], field="reason")
    if not reason:
        raise BadInputError(_("Say why you skip it."), errors={"reason": _("Choose a reason.")})
    if assignment.state == Assignment.State.REVISING:
        raise ConflictError(_("An answer that is being corrected is not skipped: take it back."))
    task = slots.lock(assignment.task_id)
    mine = Q(pk=assignment.pk)
    fields = {"skip_reason": reason, "draft": None, "lease_until": Now()}
    if slots.give_back(task, mine, state=Assignment.State.SKIPPED, **fields):
        return
    slotless = Q(state=Assignment.State.ACTIVE, purpose__in=CHECKS)
    lapsed = Assignment.objects.filter(mine, slotless | Q(state=Assignment.State.EXPIRED))
    if not lapsed.update(state=Assignment.State.SKIPPED, **fields):
        raise ConflictError(_("This task is already submitted or skipped."))
