"""Asking people, and asking no more."""

from collections.abc import Collection
from contextlib import suppress
from itertools import chain, zip_longest

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import audit
from core.errors import BadInputError, ConflictError, NotEnoughDataError
from jobs import services as jobs
from labeling.models import Project, Task
from registry.models import ModelVersion
from rounds.models import Ballot, Verdict
from rounds.verdict import texts, writing
from rounds.verdict.drawing import Shelf
from rounds.verdict.questions import open_questions

MOST_PROMPTS = 10_000
MOST_VOTES = 20
EFFECTS = (0.51, 0.95)


@transaction.atomic
def ask(
    *,
    project: Project,
    versions: Collection[ModelVersion],
    prompts: int,
    votes: int = 1,
    effect: float = 0.6,
    is_judged: bool = False,
    is_written: bool = False,
    by: User | None,
) -> Ballot:
    """Open a task for each two of `versions` and each of so many prompts, all in turn.

    votes: how many people answer each. effect: the smallest win rate that is worth having.
    is_judged: a language model is asked as well (rounds.verdict.judging). is_written: prompts are
    drawn whether the versions have written for them or not, and what is missing is written by runs.
    NotEnoughDataError where there is no prompt that has not been asked.
    """
    pairs = texts.pairs_of(versions)
    if not pairs:
        message = _("Choose two models or more.")
        raise BadInputError(message, errors={"versions": message})
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    shelf = Shelf.of(project, pairs)
    found = shelf.draw(prompts, missing=is_written)
    in_turn = chain.from_iterable(zip_longest(*(found[pair] for pair in pairs)))
    draws = [each for each in in_turn if each is not None]
    if not draws:
        raise NotEnoughDataError(_none_left(is_written=is_written))
    ballot = Ballot.objects.create(
        project=project, votes=votes, effect=effect, is_judged=is_judged, asked_by=by
    )
    ballot.versions.set(versions)
    tasks = open_questions(ballot, [draw for draw in draws if draw.texts])
    awaited = [draw for draw in draws if not draw.texts]
    if awaited:
        writing.begin(ballot, awaited, shelf.written, by=by)
    _renew(project)
    names = sorted(version.name for version in versions)
    details = {"models": names, "tasks": len(tasks), "votes": votes, "judged": is_judged}
    details |= {"waiting": len(awaited)} if awaited else {}
    audit(actor=by, action="ballot.asked", target=f"rounds.Ballot:{ballot.pk}", details=details)
    return ballot


def _none_left(*, is_written: bool) -> str:
    if is_written:
        return _(
            "People are asked about these models on each held-out prompt already: import more "
            "prompts."
        )
    return _(
        "There is no held-out prompt left for which both models wrote something: "
        "have the missing texts written, or evaluate them on the same prompts first."
    )


@transaction.atomic
def close(*, ballot: Ballot, by: User) -> None:
    """Ask no more, and write no more for it.

    What people have begun they may still submit, and all votes count.
    """
    # Jobs before the ballot, as whoever ends a job locks them.
    for run in ballot.runs.active().select_related("job").order_by("pk"):
        with suppress(ConflictError):  # ended meanwhile
            jobs.request_cancel(job=run.job, by=by)
    still_open = Ballot.objects.filter(pk=ballot.pk, closed_at=None)
    if not still_open.update(closed_at=timezone.now()):
        raise ConflictError(_("This vote is closed already. Load it again."))
    tasks = Task.objects.filter(question__ballot=ballot, state=Task.State.OPEN)
    tasks.update(state=Task.State.WITHDRAWN)
    ballot.awaited.filter(left_out="").delete()
    _renew(ballot.project)
    audit(actor=by, action="ballot.closed", target=f"rounds.Ballot:{ballot.pk}")


def _renew(project: Project) -> None:
    """Let the figures be computed anew, although no vote has come."""
    Verdict.objects.update_or_create(project=project, defaults={"is_stale": True})
