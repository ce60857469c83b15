"""What people reach among themselves: what the accuracy of a reward model is compared with."""

from dataclasses import dataclass
from typing import Any

from labeling.kinds import kinds
from labeling.kinds.comparing import CEILING
from labeling.models import Project, Split
from quality import showing
from quality.known import ENOUGH
from quality.models import ProjectFigures


@dataclass(frozen=True, kw_only=True)
class Ceiling:
    """How often a person orders a pair as another one does; value "" where too few tasks tell.

    tasks: that several people answered; is_heldout: on prompts of the held-out split alone, which
    accuracy is measured on.
    """

    value: str
    low: str
    high: str
    tasks: int
    is_heldout: bool
    enough: int = ENOUGH


def ceiling(project: Project) -> Ceiling:
    """On held-out prompts, else on all; of the kind with the most tasks that has the figure."""
    figures = ProjectFigures.objects.filter(project=project).first()
    groups = figures.groups if figures else []
    told = [group for group in groups if CEILING in group["figures"]]
    heldout = [g for g in told if (g["by"], g["value"]) == ("split", Split.HELDOUT)]
    for some, is_heldout in ((heldout, True), ([g for g in told if g["by"] == "all"], False)):
        if some:
            most = max(some, key=lambda group: int(group["tasks"]))
            return _of(most["figures"][CEILING], most["tasks"], is_heldout=is_heldout)
    tasks = [group["tasks"] for group in groups if group["by"] == "all" and _orders(group)]
    return _of(None, max(tasks, default=0), is_heldout=False)


def _orders(group: dict[str, Any]) -> bool:
    """Whether its kind has the figure at all."""
    kind = kinds().get(group["kind"])
    return kind is not None and any(figure.name == CEILING for figure in kind.agreement)


def _of(found: dict[str, float] | None, tasks: int, *, is_heldout: bool) -> Ceiling:
    keys = ("value", "low", "high")
    value, low, high = (showing.written(found[key], "share") if found else "" for key in keys)
    return Ceiling(value=value, low=low, high=high, tasks=tasks, is_heldout=is_heldout)
