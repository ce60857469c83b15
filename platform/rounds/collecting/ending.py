"""Ending a round before its time: its collecting alone, or all of it."""

from contextlib import suppress
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import audit
from core.errors import BadInputError, ConflictError
from jobs import services as jobs
from labeling.models import Annotation, Task
from labeling.queries import TaskQuerySet
from labeling.queue import steering
from labeling.queue.steering import Act
from rounds.models import Round, Run
from rounds.queries import RunQuerySet


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What ending a round takes away, and what stays.

    open: tasks that are withdrawn. begun: people who hold one of them. waiting: prompts whose
    completions are not written any more. writing, training: runs that are stopped. answers: those
    that stay and count.
    """

    open: int
    begun: int
    waiting: int
    writing: int
    training: int
    answers: int


def cost(round_: Round) -> Cost:
    """What would be lost now."""
    tasks = _open(round_)
    answers = Annotation.objects.counted().filter(
        project=round_.project_id, task__round_number=round_.number
    )
    return Cost(
        open=tasks.count(),
        begun=steering.begun(tasks),
        waiting=len(round_.awaited),
        writing=round_.runs.writing().active().count(),
        training=round_.runs.in_chains().active().count(),
        answers=answers.count(),
    )


@transaction.atomic
def end_collecting(*, round_: Round, by: User) -> None:
    """Ask nothing more in this round, and go on to training with the answers that there are."""
    row = _lock(round_)
    details = _withdraw(row, by)
    _stop(row.runs.writing(), by)
    audit(actor=by, action="round.collected", target=f"rounds.Round:{row.pk}", details=details)


@transaction.atomic
def cancel_round(*, round_: Round, by: User, typed: str) -> None:
    """End a round without a model: nothing is asked, its runs are stopped, the next may be opened.

    typed: its number, so that nobody does so by a slip. Its answers stay and count.
    """
    row = _lock(round_)
    if typed.strip() != str(row.number):
        text = _("Type %s, the number of the round, to cancel it.") % row.number
        raise BadInputError(text, errors={"typed": text})
    if row.is_evaluated:
        raise ConflictError(_("This round is evaluated already: open the next one."))
    details = _withdraw(row, by)
    _stop(row.runs.of_rounds(), by)
    row.state, row.closed_at = Round.State.CANCELLED, timezone.now()
    row.save(update_fields=["state", "closed_at"])
    audit(actor=by, action="round.cancelled", target=f"rounds.Round:{row.pk}", details=details)


def _open(round_: Round) -> TaskQuerySet:
    return Task.objects.filter(
        project=round_.project_id, round_number=round_.number, state=Task.State.OPEN
    )


def _lock(round_: Round) -> Round:
    row = Round.objects.select_for_update().select_related("project").get(pk=round_.pk)
    if row.is_over:
        raise ConflictError(_("This round is over already. Load it again."))
    return row


def _withdraw(row: Round, by: User) -> dict[str, int]:
    """Take back what is asked and what waits to be; how much that was."""
    waiting = len(row.awaited)
    row.pending, row.candidates = {}, {}
    row.save(update_fields=["pending", "candidates"])
    shown = {"round": row.number}
    tasks = steering.steer(
        project=row.project, tasks=_open(row), act=Act.WITHDRAW, by=by, shown=shown
    )
    return {"withdrawn": tasks, "waiting": waiting}


def _stop(runs: RunQuerySet, by: User) -> None:
    """Stop those that have not ended; what waits for one of them ends with it."""
    run: Run
    for run in runs.active().select_related("job").order_by("pk"):
        with suppress(ConflictError):  # ended meanwhile, or with the one before
            jobs.request_cancel(job=run.job, by=by)
