"""Prompts with which a run could do nothing, and why."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise

from labeling.models import Prompt
from labeling.queries import PromptQuerySet
from rounds.models import Round, Run
from rounds.stages import get
from rounds.stages.reasons import Reasons

SHOWN = 20  # prompts of each reason


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """What was left out for one reason. prompts: the first of the `count` that are still there."""

    reason: str | Promise
    help: str | Promise
    count: int
    prompts: list[Prompt]

    @property
    def more(self) -> int:
        """How many prompts are not among the first."""
        return self.count - len(self.prompts)


def left_out(round_: Round) -> list[LeftOut]:
    """What the round's runs could not write for, by reason, without what was withdrawn since."""
    ids: dict[str, set[int]] = defaultdict(set)
    words: dict[str, tuple[str | Promise, str | Promise]] = {}
    for run in round_.runs.writing().succeeded().select_related("job"):
        words |= get(run.stage).reasons
        for reason, dropped in _dropped(run).items():
            ids[reason] |= dropped
    return _named(ids, round_.project.prompts.in_use(), words)


def left_out_of(run: Run) -> list[LeftOut]:
    """What the run could not use, by reason; nothing where an earlier version named nothing."""
    return _named(_dropped(run), run.round.project.prompts.all(), get(run.stage).reasons)


def _dropped(run: Run) -> dict[str, set[int]]:
    dropped = run.job.result.get("dropped")
    return {why: set(ids) for why, ids in dropped.items()} if isinstance(dropped, dict) else {}


def _named(ids: Mapping[str, set[int]], prompts: PromptQuerySet, words: Reasons) -> list[LeftOut]:
    found = []
    for reason, dropped in sorted(ids.items()):
        named = prompts.filter(pk__in=dropped).order_by("pk")
        said, help_ = words.get(reason, (reason, ""))
        if count := named.count():
            shown = list(named[:SHOWN])
            found.append(LeftOut(reason=said, help=help_, count=count, prompts=shown))
    return found
