"""Launching stages as one chain, and steering what was launched."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import audit
from core.errors import BadInputError, ConflictError
from jobs import services as jobs
from registry.models import ModelVersion
from rounds.launching import chain, preflight
from rounds.launching.recipes import Recipe, as_ranked, clean, defaults
from rounds.models import Round, Run
from rounds.snapshots import freeze

if TYPE_CHECKING:
    from jobs.models import Job

ORDER = (Run.Stage.SFT, Run.Stage.REWARD, Run.Stage.PPO, Run.Stage.EVALUATE)


@transaction.atomic
def launch(
    *,
    round: Round,
    stages: Sequence[str],
    recipes: Mapping[str, Mapping[str, Any]],
    by: User | None,
) -> list[Run]:
    """Queue `stages`, each after the one before, on a snapshot of the labels as they are now.

    BadInputError names settings that cannot be taken, NotEnoughDataError what is missing.
    """
    row = (
        Round.objects.select_for_update()
        .select_related("project__family", "writer")
        .get(pk=round.pk)
    )
    stock = preflight.Stock.of(row)
    chosen = _clean(row, stages, recipes, stock)
    _require_quiet(row)
    found = preflight.check(row, list(chosen), chosen, stock=stock)
    found.require()
    snapshot = freeze(row.project)
    runs: list[Run] = []
    before: Job | None = None
    for check in found.stages:
        before = jobs.enqueue(kind=check.stage, payload={}, created_by=by, after=before)
        runs.append(
            Run.objects.create(
                round=row,
                stage=check.stage,
                recipe=chosen[check.stage],
                job=before,
                snapshot=snapshot,
                source=_known(row, check.stage, list(chosen)),
                reward_model=None
                if "reward" in chosen
                else chain.known_reward_model(row, check.stage),
                launched_by=by,
                work=check.work,
            )
        )
    Round.objects.filter(pk=row.pk).update(state=Round.State.TRAINING)
    details = {"stages": list(chosen), "snapshot": snapshot.sha256}
    audit(actor=by, action="round.launched", target=f"rounds.Round:{row.pk}", details=details)
    return runs


def _clean(
    round_: Round,
    stages: Sequence[str],
    given: Mapping[str, Mapping[str, Any]],
    stock: preflight.Stock,
) -> dict[str, Recipe]:
    """The full settings of each stage, in the order in which they run."""
    if unknown := [stage for stage in [*stages, *given] if stage not in ORDER]:
        raise BadInputError(
            _("There is no stage “%s”.") % unknown[0], errors={"stages": unknown[0]}
        )
    if not stages:
        text = _("Choose at least one stage.")
        raise BadInputError(text, errors={"stages": text})
    chosen: dict[str, Recipe] = {}
    errors: dict[str, str] = {}
    for stage in [str(s) for s in ORDER if s in stages]:
        values = {**as_ranked(stage, round_.plan), **given.get(stage, {})}
        examples = stock.examples(stage, {**defaults(stage), **values})
        try:
            chosen[stage] = clean(stage, values, examples=examples)
        except BadInputError as error:
            errors |= error.errors
    if errors:
        raise BadInputError(_("Some settings cannot be taken."), errors=errors)
    return chosen


def _require_quiet(round_: Round) -> None:
    """ConflictError while a chain of this round runs, or the round is over."""
    if round_.state == Round.State.CLOSED:
        raise ConflictError(_("This round is closed: open the next one."))
    if round_.runs.active().exclude(stage=Run.Stage.GENERATE).exists():
        raise ConflictError(_("Training of this round is already running."))


def _known(round_: Round, stage: str, stages: Sequence[str]) -> ModelVersion | None:
    """What the run works on; None where a run before it in the chain makes it."""
    makers = {"reward": {"sft"}, "ppo": {"sft"}, "evaluate": {"sft", "ppo"}}
    if makers.get(stage, set()) & set(stages):
        return None
    return chain.known_policy(round_, stage)


@transaction.atomic
def cancel(*, run: Run, by: User | None) -> None:
    """Stop the run, and with it what waits for it in its chain."""
    jobs.request_cancel(job=run.job, by=by)
    audit(actor=by, action="run.cancelled", target=f"rounds.Run:{run.pk}")


@transaction.atomic
def retry(*, run: Run, by: User | None) -> None:
    """Go on with a failed or cancelled run from its newest checkpoint."""
    row = Round.objects.select_for_update().get(pk=run.round_id)
    if run.stage != Run.Stage.GENERATE:
        _require_quiet(row)
    jobs.retry(job=run.job, by=by)
    audit(actor=by, action="run.retried", target=f"rounds.Run:{run.pk}")
