"""How many people answer a task, changed while it is under way: no answer is ever dropped."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import audit
from core.errors import BadInputError, ConflictError
from labeling import slots
from labeling.models import Project, Task
from labeling.queries import TaskQuerySet
from labeling.queue.locking import locked

MOST = 20


@dataclass(frozen=True, kw_only=True)
class Effect:
    """What another number of answers changes: how many tasks, and answers asked for.

    kept: tasks that have been given out more often than that already, and stay so.
    """

    tasks: int
    more: int
    fewer: int
    kept: int


def changeable(project: Project) -> TaskQuerySet:
    """The open tasks whose labels no training has begun on."""
    return Task.objects.filter(
        project=project, state=Task.State.OPEN, round_number__gt=project.frozen_round
    )


def effect(tasks: TaskQuerySet, overlap: int) -> Effect:
    """What `overlap` answers to each of `tasks` would change; a slot that is held stays."""
    held = tasks.annotate(given=F("overlap") - F("free_slots"))
    by = held.annotate(by=Greatest("given", overlap) - F("overlap")).order_by()
    found = by.aggregate(
        tasks=Count("pk", filter=~Q(by=0)),
        more=Sum("by", filter=Q(by__gt=0)),
        fewer=Sum("by", filter=Q(by__lt=0)),
        kept=Count("pk", filter=Q(given__gt=overlap)),
    )
    return Effect(
        tasks=found["tasks"],
        more=found["more"] or 0,
        fewer=-(found["fewer"] or 0),
        kept=found["kept"],
    )


@transaction.atomic
def change(*, project: Project, tasks: TaskQuerySet, overlap: int, by: User) -> int:
    """Let each of `tasks` have `overlap` answers, and return how many tasks that were.

    ConflictError where training has begun on the labels of one.
    """
    if not 1 <= overlap <= MOST:
        text = _("Choose a number from 1 to %(most)s.") % {"most": MOST}
        raise BadInputError(text, errors={"overlap": text})
    if tasks.filter(round_number__lte=F("project__frozen_round")).exists():
        raise ConflictError(
            _("Training has begun on the answers of this round, so no more are asked for.")
        )
    done = 0
    for ids in locked(tasks.exclude(overlap=overlap)):
        slots.set_overlap(ids, overlap)
        done += len(ids)
    if done:
        audit(
            actor=by,
            action="tasks.overlap",
            target=f"labeling.Project:{project.pk}",
            details={"tasks": done, "overlap": overlap},
        )
    return done
