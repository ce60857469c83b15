"""Asking people, and asking no more."""

from collections.abc import Collection
from itertools import chain, zip_longest

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import audit
from core.errors import BadInputError, ConflictError, NotEnoughDataError
from labeling.kinds import kinds
from labeling.models import Project, Purpose, Task
from labeling.tasks import open_tasks
from registry.models import ModelVersion
from rounds.models import Ballot, Question, Verdict
from rounds.verdict import texts

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
    by: User | None,
) -> Ballot:
    """Open a task for each two of `versions` and each of so many prompts, all in turn.

    votes: how many people answer each. effect: the smallest win rate that is worth having.
    is_judged: a language model is asked as well (rounds.verdict.judging).
    NotEnoughDataError where the versions share no prompt that has not been asked.
    """
    pairs = texts.pairs_of(versions)
    if not pairs:
        message = _("Choose two models or more.")
        raise BadInputError(message, errors={"versions": message})
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    found = texts.askable(project, pairs)
    in_turn = chain.from_iterable(zip_longest(*(found[pair][:prompts] for pair in pairs)))
    chosen = [each for each in in_turn if each is not None]
    if not chosen:
        raise NotEnoughDataError(
            _(
                "There is no held-out prompt left for which both models wrote something: "
                "evaluate them on the same prompts first."
            )
        )
    ballot = Ballot.objects.create(project=project, effect=effect, is_judged=is_judged, asked_by=by)
    ballot.versions.set(versions)
    tasks = _open(project, chosen, votes)
    Question.objects.bulk_create(
        Question(ballot=ballot, task=task, older_id=each.pair[0], newer_id=each.pair[1])
        for task, each in zip(tasks, chosen, strict=True)
    )
    _renew(project)
    names = sorted(version.name for version in versions)
    details = {"models": names, "tasks": len(tasks), "votes": votes, "judged": is_judged}
    audit(actor=by, action="ballot.asked", target=f"rounds.Ballot:{ballot.pk}", details=details)
    return ballot


def _open(project: Project, chosen: list[texts.Texts], votes: int) -> list[Task]:
    judge = next(kind for kind in kinds().values() if kind.judges)
    shown = texts.completions(chosen)
    last = project.rounds.order_by("-number").values_list("number", flat=True).first()
    return open_tasks(
        project=project,
        kind=judge.name,
        groups=[[shown[each.older.pk], shown[each.newer.pk]] for each in chosen],
        round_number=0,
        overlap=votes,
        priority=last or 0,
        purpose=Purpose.VERDICT,
    )


@transaction.atomic
def close(*, ballot: Ballot, by: User) -> None:
    """Ask no more; what people have begun they may still submit, and all votes count."""
    still_open = Ballot.objects.filter(pk=ballot.pk, closed_at=None)
    if not still_open.update(closed_at=timezone.now()):
        raise ConflictError(_("This vote is closed already. Reload the page."))
    tasks = Task.objects.filter(question__ballot=ballot, state=Task.State.OPEN)
    tasks.update(state=Task.State.WITHDRAWN)
    _renew(ballot.project)
    audit(actor=by, action="ballot.closed", target=f"rounds.Ballot:{ballot.pk}")


def _renew(project: Project) -> None:
    """Let the figures be computed anew, although no vote has come."""
    Verdict.objects.update_or_create(project=project, defaults={"is_stale": True})
