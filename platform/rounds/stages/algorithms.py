"""Ways from labels to a policy: each stage that makes one, with what it needs and what judges it.

No list is kept: the ways follow from the kinds of models that stages start from, need and make.
"""

from collections.abc import Iterable, Mapping

from registry.models import ModelVersion
from rounds.models import Round, Run
from rounds.stages import launchable
from rounds.stages.base import Stage


def algorithms() -> dict[str, list[str]]:
    """By the name of the stage that makes the policy, the usual one first: all its stages in order.

    Without optional ones.
    """
    chain = {name: stage for name, stage in launchable().items() if not stage.optional}
    makers = [stage for stage in chain.values() if stage.makes == ModelVersion.Kind.POLICY]
    return {
        stage.name: [name for name in chain if name in _within(stage, chain)]
        for stage in sorted(makers, key=lambda stage: not stage.usual)
    }


def _within(maker: Stage, chain: Mapping[str, Stage]) -> set[str]:
    found: set[str] = set()
    more = {maker.name}
    while more:
        found |= more
        kinds = {kind for name in found for kind in chain[name].needs} - {maker.makes}
        more = {name for name, stage in chain.items() if stage.makes in kinds} - found
    judges = {name for name, stage in chain.items() if not stage.makes}
    return found | {name for name in judges if maker.makes in chain[name].starts_from}


def among(names: Iterable[str]) -> str:
    """The one whose stage is among `names`; empty where there is none."""
    return next((name for name in algorithms() if name in set(names)), "")


def algorithm_of(round_: Round) -> str:
    """What makes the round's policy: what ran in it last, else in the project, else the usual."""
    known = algorithms()
    runs = Run.objects.filter(
        round__project=round_.project, round__number__lte=round_.number, stage__in=known
    )
    last = runs.order_by("-round__number", "-pk").values_list("stage", flat=True).first()
    return last or next(iter(known))


def title_of(name: str) -> str:
    """Its own stages, without those that every way has."""
    ways = algorithms()
    common = set.intersection(*map(set, ways.values())) if len(ways) > 1 else set()
    own = [stage for stage in ways[name] if stage not in common]
    return " + ".join(str(launchable()[stage].label) for stage in own)
