"""How accuracy on held-out rankings grows with labels: reward models on growing shares of them.

Each repeat puts the prompts into an order of its own and takes the first eighth, quarter and half
of them, then all. So its shares are nested, and no prompt's rankings are parted.
"""

import json
import math
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from training.contract.manifest import put_in_place
from training.contract.said import say
from training.errors import DivergedError
from training.folder import JobFolder
from training.models import dtype_in
from training.pair_metrics import judged_pairs, pair_metrics
from training.processes import Alone, any_of, loads_to, permutation, seed_of
from training.rankings import Ranking
from training.reward.spec import LEARNING_PARTS, RewardSpec
from training.reward.steps import train
from training.reward_model import RewardModel
from training.schedule import Schedule
from training.scoring import raw_rewards
from training.sharding import shard
from training.tuning import Tuning
from training.weights import balanced

PHASE = "learning"
Point = dict[str, float]  # labels, repeat, accuracy


@dataclass(frozen=True)
class Share:
    """One training: the rankings of a share of the prompts, in one repeat."""

    repeat: int
    part: int  # of the prompts it has one in so many
    rankings: list[Ranking]

    @property
    def name(self) -> str:
        return f"learning-{self.repeat}-{self.part}"

    def spec(self, spec: RewardSpec) -> RewardSpec:
        """With a seed of the repeat's own."""
        return replace(spec, seed=seed_of(spec.seed, PHASE, self.repeat) % 2**31)

    def steps(self, spec: RewardSpec) -> int:
        return Schedule(spec, len(self.rankings)).steps


class Part:
    """The job's folder as `train` sees it for one share: its steps are a part of the job's."""

    def __init__(self, whole: JobFolder, share: Share, *, before: int, total: int) -> None:
        self._whole, self._before, self._total = whole, before, total
        self.checkpoints = whole.checkpoints / share.name
        self.is_main = whole.is_main

    @property
    def stop_requested(self) -> bool:
        return self._whole.stop_requested

    def log(self, text: str) -> None:
        self._whole.log(text)

    def warn(self, text: str) -> None:
        self._whole.warn(text)

    def progress(self, step: int, total: int, *, phase: str) -> None:
        """`total` and `phase` are the share's own, which nobody waits for."""
        self._whole.progress(self._before + step, self._total, phase=PHASE)

    def metric(self, step: int, values: Mapping[str, float | None]) -> None:
        """Curves are those of the model that is kept."""


def points(
    folder: JobFolder,
    spec: RewardSpec,
    rankings: Sequence[Ranking],
    heldout: Sequence[Ranking],
    *,
    accuracy: float | None,
    processes: Alone | None = None,
) -> list[Point]:
    """One for each share of each repeat; `accuracy` is of the model on all labels, the first one.

    processes: those that hold parts of the models; the main one trains them alone if none do.
    Empty where none is asked for, and where there is too little to tell: then the log says why.
    """
    if not spec.learning_repeats:
        return []
    prompts = len({tuple(ranking.prompt) for ranking in rankings})
    if accuracy is None or prompts < max(LEARNING_PARTS):
        folder.warn(
            say(
                "No learning curve: it needs rankings of {least} training prompts at "
                "the least, here of {prompts}, and held-out ones that prefer a "
                "text.",
                least=max(LEARNING_PARTS),
                prompts=prompts,
            )
        )
        return []
    sharing = processes if processes and processes.shards else Alone()
    shares = list(shares_of(rankings, spec))
    total, done = sum(share.steps(spec) for share in shares), 0
    found: list[Point] = [{"labels": len(rankings), "repeat": 0, "accuracy": accuracy}]
    for share in shares:
        part = Part(folder, share, before=done, total=total)
        try:
            found.append(_point(part, spec, share, heldout, sharing))
        except DivergedError as error:  # the model that is asked for is there
            folder.warn(
                say(
                    "No learning curve: {error} on {n} rankings.",
                    error=error,
                    n=len(share.rankings),
                )
            )
            return []
        done += share.steps(spec)
    return found


def shares_of(rankings: Sequence[Ranking], spec: RewardSpec) -> Iterator[Share]:
    """Growing ones of each repeat; the first one's whole is the model that is there already."""
    prompts = list(dict.fromkeys(tuple(ranking.prompt) for ranking in rankings))
    for repeat in range(spec.learning_repeats):
        order = permutation(len(prompts), spec.seed, PHASE, repeat).tolist()
        places = {prompts[which]: place for place, which in enumerate(order)}
        for part in LEARNING_PARTS:
            if part > 1 or repeat > 0:
                most = math.ceil(len(prompts) / part)
                taken = [one for one in rankings if places[tuple(one.prompt)] < most]
                yield Share(repeat, part, balanced(taken))


def _point(
    part: Part,
    spec: RewardSpec,
    share: Share,
    heldout: Sequence[Ranking],
    processes: Alone,
) -> Point:
    """Of the file that an attempt before left, else of a model trained now."""
    kept = part.checkpoints.with_name(f"{share.name}.json")
    if any_of(processes, not kept.is_file()):
        accuracy = _accuracy(part, share.spec(spec), share.rankings, heldout, processes)
        point = {"labels": len(share.rankings), "repeat": share.repeat, "accuracy": accuracy}
        if part.is_main:
            kept.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            unfinished = kept.with_suffix(".new")
            unfinished.write_text(json.dumps(point), encoding="utf-8")
            put_in_place(unfinished, kept)
    if part.is_main:
        shutil.rmtree(part.checkpoints, ignore_errors=True)
    processes.wait()
    found: Point = json.loads(kept.read_text(encoding="utf-8"))
    return found


def _accuracy(
    part: Part,
    spec: RewardSpec,
    rankings: Sequence[Ranking],
    heldout: Sequence[Ranking],
    processes: Alone,
) -> Any:
    """On held-out pairs, of a model trained on `rankings` as the one that is kept."""
    tuning = Tuning.of(spec, spec.model)
    model, chat = RewardModel.start(spec.model, tuning, to=loads_to())
    shard(model, model.backbone.decoder, processes)
    train(part, spec, model, chat, rankings, processes=processes)
    model.keep_as(dtype_in(spec.model))
    judged = judged_pairs(heldout, raw_rewards(model, heldout, pad_id=chat.pad_id))
    return pair_metrics(judged)["accuracy"]
