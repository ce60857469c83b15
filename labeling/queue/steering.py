"""Managers steer tasks: withdraw them, open them again, ask them sooner or later.

Each act is for any number of tasks and has its opposite. It locks them in the order of their keys.
"""

from typing import Any

from django.db import models, transaction
from django.db.models import Exists, F, OuterRef
from django.db.models.functions import Least
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.services import audit
from core.errors import BadInputError
from labeling import slots
from labeling.models import Assignment, Completion, Project, Task
from labeling.queries import TaskQuerySet
from labeling.queue.locking import locked


class Act(models.TextChoices):
    """What may be done with tasks."""

    NOW = "now", gettext_lazy("Ask now")
    NORMAL = "normal", gettext_lazy("Ask in turn")
    LATER = "later", gettext_lazy("Ask later")
    WITHDRAW = "withdraw", gettext_lazy("Withdraw")
    REOPEN = "reopen", gettext_lazy("Open again")


PRIORITIES: dict[str, Any] = {
    Act.NOW: Least(F("round_number") + Task.URGENT, 2**15 - 1),
    Act.NORMAL: F("round_number"),
    Act.LATER: F("round_number") - Task.URGENT,
}


@transaction.atomic
def steer(
    *, project: Project, tasks: TaskQuerySet, act: str, by: User, shown: dict[str, Any]
) -> int:
    """Do `act` with those of `tasks` that it fits, and return how many those were.

    shown: the filter that chose them, for the audit.
    """
    if act not in Act.values:
        raise BadInputError(_("Choose what is to be done with the tasks."))
    done = 0
    for ids in locked(fit(tasks, act)):
        chosen = Task.objects.filter(pk__in=ids)
        if act == Act.WITHDRAW:
            chosen.update(state=Task.State.WITHDRAWN)
        elif act == Act.REOPEN:
            slots.reopen(ids)
        else:
            chosen.update(priority=PRIORITIES[act])
        done += len(ids)
    if done:
        audit(
            actor=by,
            action=f"tasks.{act}",
            target=f"labeling.Project:{project.pk}",
            details={"tasks": done, **shown},
        )
    return done


def fit(tasks: TaskQuerySet, act: str) -> TaskQuerySet:
    """Those of `tasks` that `act` changes.

    None is opened whose prompt is withdrawn, or one of whose texts is erased.
    """
    if act == Act.REOPEN:
        erased = Completion.objects.filter(tasks=OuterRef("pk"), answer__isnull=False, text="")
        found = tasks.filter(state=Task.State.WITHDRAWN, prompt__withdrawn_at=None)
        return found.exclude(Exists(erased))
    return tasks.filter(state=Task.State.OPEN)


def begun(tasks: TaskQuerySet) -> int:
    """How many people hold one of `tasks` and have not answered it yet."""
    held = Assignment.objects.live().exclude(state=Assignment.State.SUBMITTED)
    return held.filter(task__in=tasks).values("annotator").distinct().count()
