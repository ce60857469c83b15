"""A learning curve as pages show it: rows only, nothing is computed."""

from collections import defaultdict
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from labeling.models import Project
from rounds.learning.drawing import Drawing, drawn
from rounds.models import LearningCurve, Run


@dataclass(frozen=True, kw_only=True)
class Share:
    """Reward models on equally many labels: how many, the mean and the range of their accuracy."""

    labels: int
    models: int
    mean: float
    lowest: float
    highest: float


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What is known. outlook: empty while it is computed, and where it cannot be told."""

    curve: LearningCurve
    shares: list[Share]
    drawing: Drawing | None

    @property
    def outlook(self) -> dict[str, Any]:
        """What rounds.learning.figures found."""
        return dict(self.curve.outlook)

    @property
    def more(self) -> int:
        """How many labels it looks ahead."""
        return int(self.outlook["then"] - self.outlook["labels"])

    @property
    def is_doubled(self) -> bool:
        """Whether it could not look as far as is asked, as there are too few labels."""
        return bool(self.outlook["then"] == 2 * self.outlook["labels"])

    @property
    def may_be_nothing(self) -> bool:
        """Whether the interval of the gain reaches zero."""
        return float(self.outlook["gain"]["low"]) <= 0


def learning_of(run: Run | None) -> Shown | None:
    """Of the reward model that `run` made. One query."""
    if run is None:
        return None
    return _shown(LearningCurve.objects.filter(run=run).first())


def newest_of(project: Project) -> Shown | None:
    """The newest of the project. One query."""
    found = LearningCurve.objects.filter(run__round__project=project)
    return _shown(found.select_related("run__job__model_version").order_by("-pk").first())


def _shown(curve: LearningCurve | None) -> Shown | None:
    if curve is None:
        return None
    of: dict[int, list[float]] = defaultdict(list)
    for point in curve.points:
        of[point["labels"]].append(point["accuracy"])
    shares = [
        Share(labels=n, models=len(all_), mean=fmean(all_), lowest=min(all_), highest=max(all_))
        for n, all_ in sorted(of.items())
    ]
    return Shown(curve=curve, shares=shares, drawing=drawn(curve) if curve.outlook else None)
