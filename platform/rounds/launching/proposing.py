"""What is proposed when a round is launched: the stages, and a value for each of their settings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from core.errors import BadInputError
from rounds.launching.recipes import PRESETS, as_ranked, defaults, usual_preset
from rounds.models import Round, Run
from rounds.queries import newest_version
from rounds.stages import get, launchable
from rounds.stages.algorithms import algorithm_of, algorithms, among
from rounds.stages.findings import Stock
from rounds.stages.setting import Recipe


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """stages: those that are ticked, in the order in which they run.

    values, learned: of every stage that can be launched, ticked or not, its settings and the labels
    that it would learn from. previous: the settings of its last run, where there is one. preset:
    empty where the values are those of the last runs. stock: all labels.
    """

    stages: list[str]
    preset: str
    algorithm: str
    values: dict[str, Recipe]
    learned: dict[str, Stock]
    previous: dict[str, Recipe]
    stock: Stock

    def with_settings(self, settings: Mapping[str, Mapping[str, Any]]) -> dict[str, Recipe]:
        """Of the ticked stages, with `settings` in place of what is proposed.

        BadInputError for those of a stage that is not ticked.
        """
        errors = {
            f"settings.{stage}": _("Settings of “%s”, which is not among the stages.") % stage
            for stage in settings
            if stage not in self.stages
        }
        if errors:
            raise BadInputError(" ".join(errors.values()), errors=errors)
        return {stage: {**self.values[stage], **settings.get(stage, {})} for stage in self.stages}


def propose(
    round_: Round,
    *,
    stages: Sequence[str] | None = None,
    preset: str = "",
    algorithm: str = "",
) -> Proposal:
    """stages: those of the algorithm that have not succeeded yet, unless some are given."""
    previous = last_recipes(round_)
    usual = usual_preset(round_.writer.parameters)
    preset = preset if preset in PRESETS else "" if previous else usual
    algorithm = algorithm if algorithm in algorithms() else algorithm_of(round_)
    ticked = suggested(round_, algorithm) if stages is None else stages
    stock = Stock.of(round_)
    kinds = {stage.makes for name, stage in launchable().items() if name in ticked}
    values: dict[str, Recipe] = {}
    learned: dict[str, Stock] = {}
    for name, stage in launchable().items():
        learned[name] = stock.of_half(stage.half_in(kinds) if name in ticked else "")
        found = defaults(name, preset=preset or usual)
        examples = stage.examples(found, learned[name])
        found = defaults(name, preset=preset or usual, examples=examples)
        found |= as_ranked(name, round_.plan)
        values[name] = found if preset else found | previous.get(name, {})
    return Proposal(
        stages=[name for name in launchable() if name in ticked],
        preset=preset,
        algorithm=among(ticked) or algorithm,
        values=values,
        learned=learned,
        previous=previous,
        stock=stock,
    )


def suggested(round_: Round, algorithm: str = "") -> list[str]:
    """The stages of an algorithm to tick: those that have not succeeded in this round, in order.

    One that is usually needed once is not ticked again where the project has its model; an
    optional one is only there. What judges a model is ticked again for a new one.
    """
    within = algorithms()[algorithm or algorithm_of(round_)]
    done = set(round_.runs.succeeded().values_list("stage", flat=True))
    again = [
        name
        for name, stage in launchable().items()
        if (name in within or stage.optional)
        and (
            not stage.makes
            or not (stage.once or stage.optional)
            or bool(newest_version(round_.project, stage.makes)) == stage.optional
        )
    ]
    left = [name for name in again if name not in done]
    made = {get(name).makes for name in left}
    judges = [name for name in again if not get(name).makes and made & {*get(name).starts_from}]
    return [name for name in again if name in {*left, *judges}] or again


def last_recipes(round_: Round) -> dict[str, Recipe]:
    """The settings of the project's last run of each stage, as far as they still exist."""
    runs = (
        Run.objects.filter(round__project=round_.project, stage__in=launchable())
        .order_by("stage", "-pk")
        .distinct("stage")
    )
    return {
        run.stage: {k: v for k, v in run.recipe.items() if k in defaults(run.stage)} for run in runs
    }
