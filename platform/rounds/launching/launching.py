"""Launching stages as one chain, and steering what was launched."""

from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import audit
from core.errors import BadInputError, ConflictError
from jobs import services as jobs
from labeling.revising import close_corrections
from quality.reliability import Weights
from registry import copies
from registry.models import ModelVersion
from rounds.launching import preflight
from rounds.launching.recipes import as_ranked, clean, defaults
from rounds.models import Corpus, Round, Run
from rounds.queries import newest_version
from rounds.snapshots import freeze
from rounds.stages import get, launchable
from rounds.stages.findings import Stock
from rounds.stages.setting import Recipe
from rounds.verdict.writing import require_wanted

if TYPE_CHECKING:
    from jobs.models import Job


def launch(
    *,
    round_: Round,
    stages: Sequence[str],
    recipes: Mapping[str, Mapping[str, Any]],
    by: User | None,
) -> list[Run]:
    """Queue `stages`, each after the one before, on a snapshot of the labels as they are now.

    BadInputError names settings that cannot be taken, NotEnoughDataError what is missing. No row is
    held while a snapshot is sent to a store at a URL: it is all begun anew when that is there.
    """
    queue = partial(_queue, round_=round_, stages=stages, recipes=recipes, by=by)
    return copies.uploading(queue)


@transaction.atomic
def _queue(
    *,
    round_: Round,
    stages: Sequence[str],
    recipes: Mapping[str, Mapping[str, Any]],
    by: User | None,
) -> list[Run]:
    row = (
        Round.objects.select_for_update()
        .select_related("project__family", "writer")
        .get(pk=round_.pk)
    )
    stock = Stock.of(row)
    chosen = chain(row, stages, recipes, stock)
    _require_quiet(row)
    found = preflight.check(row, list(chosen), chosen, stock=stock)
    found.require()
    weighs = any(get(name).weighs(recipe) for name, recipe in chosen.items())
    weights = Weights(row.project) if weighs else None
    snapshot = freeze(row.project, preamble=row.preamble, weights=weights)
    close_corrections(project=row.project, round_number=row.number)
    kinds = {get(name).makes for name in chosen}
    runs: list[Run] = []
    made: set[ModelVersion.Kind | None] = set()
    before: Job | None = None
    for check in found.stages:
        stage = check.stage
        before = jobs.enqueue(kind=stage.name, payload={}, created_by=by, after=before)
        runs.append(
            Run.objects.create(
                round=row,
                stage=stage.name,
                recipe=chosen[stage.name],
                job=before,
                snapshot=snapshot,
                # None where a run before it in the chain makes it.
                source=None if made & set(stage.starts_from) else stage.standing_source(row),
                reward_model=_standing(row, ModelVersion.Kind.REWARD, made)
                if stage.is_scored(chosen[stage.name])
                else None,
                second_reward_model=_standing(row, ModelVersion.Kind.SECOND, made)
                if stage.scores_twice
                else None,
                corpus=_corpus(row, stage.corpus(chosen[stage.name])),
                half=stage.half_in(kinds),
                launched_by=by,
                work=check.work,
            )
        )
        made.add(stage.makes)
    Round.objects.filter(pk=row.pk).update(state=Round.State.TRAINING)
    details = {"stages": list(chosen), "snapshot": snapshot.sha256}
    audit(actor=by, action="round.launched", target=f"rounds.Round:{row.pk}", details=details)
    return runs


def chain(
    round_: Round,
    stages: Sequence[str],
    given: Mapping[str, Mapping[str, Any]],
    stock: Stock,
) -> dict[str, Recipe]:
    """The full settings of each stage, in the order in which they run.

    given: those that differ from the defaults. BadInputError names what cannot be taken.
    """
    if unknown := [stage for stage in [*stages, *given] if stage not in launchable()]:
        text = _("There is no stage “%s”.") % unknown[0]
        raise BadInputError(text, errors={"stages": text})
    if not stages:
        text = _("Choose at least one stage.")
        raise BadInputError(text, errors={"stages": text})
    chosen: dict[str, Recipe] = {}
    errors: dict[str, str] = {}
    kinds = {get(stage).makes for stage in stages}
    for stage in [name for name in launchable() if name in stages]:
        values = {**as_ranked(stage, round_.plan), **given.get(stage, {})}
        learned = stock.of_half(get(stage).half_in(kinds))
        examples = get(stage).examples({**defaults(stage), **values}, learned)
        try:
            chosen[stage] = clean(
                stage, values, examples=examples, project=round_.project, limits=stock.limits
            )
        except BadInputError as error:
            errors |= error.errors
    if errors:
        raise BadInputError(_("Some settings cannot be taken."), errors=errors)
    return chosen


def _require_quiet(round_: Round) -> None:
    """ConflictError while a chain of this round runs, or the round is over."""
    if round_.is_over:
        raise ConflictError(_("This round is closed: open the next one."))
    if round_.runs.active().in_chains().exists():
        raise ConflictError(_("Training of this round is already running."))


def _standing(
    round_: Round, kind: ModelVersion.Kind, made: Collection[ModelVersion.Kind | None]
) -> ModelVersion | None:
    """The project's newest model of that kind; None where a run before in the chain makes one."""
    return None if kind in made else newest_version(round_.project, kind)


def _corpus(round_: Round, name: str) -> Corpus | None:
    """Of that name, held so that nobody removes it before the run names it; None without one."""
    if not name:
        return None
    found = Corpus.objects.select_for_update().filter(project=round_.project, name=name).first()
    if found is None:
        raise ConflictError(_("The corpus “%s” was removed meanwhile. Choose another.") % name)
    return found


@transaction.atomic
def cancel(*, run: Run, by: User | None) -> None:
    """Stop the run, and with it what waits for it in its chain."""
    jobs.request_cancel(job=run.job, by=by)
    audit(actor=by, action="run.cancelled", target=f"rounds.Run:{run.pk}")


@transaction.atomic
def retry(*, run: Run, by: User | None) -> None:
    """Go on with a failed or cancelled run from its newest checkpoint."""
    row = Round.objects.select_for_update().get(pk=run.round_id)
    if run.ballot is not None:
        require_wanted(run.ballot)
    elif run.snapshot_id is not None:
        _require_quiet(row)
    elif not row.awaited:
        raise ConflictError(_("Nothing waits for these completions any more: ask for more."))
    jobs.retry(job=run.job, by=by)
    audit(actor=by, action="run.retried", target=f"rounds.Run:{run.pk}")
