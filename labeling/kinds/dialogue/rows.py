"""What dialogues teach: each turn's preference, after the conversation up to there."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from labeling.datasets import THEN
from labeling.exchanges import before
from training.contract.tables import STOP


def rankings(turns: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """A ranking of two for each turn that prefers one."""
    for number, turn in enumerate(turns):
        if turn["better"] is None:
            continue
        yield {
            "completions": [reply["text"] for reply in turn["replies"]],
            "finished": [reply["finish_reason"] == STOP for reply in turn["replies"]],
            "tiers": [[turn["better"]], [1 - turn["better"]]],
            "human": [],
            THEN: before(turns, number),
        }
