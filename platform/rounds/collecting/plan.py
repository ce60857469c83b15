"""What a manager asks of a round: how many tasks of each kind, and how completions are written."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Self

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import BadInputError
from labeling.kinds import kinds
from labeling.kinds.base import AnnotationKind
from labeling.models import Project

MOST_TASKS = 100_000  # of one kind
CANDIDATES = 4  # prompts for each task that is chosen

RANGES: dict[str, tuple[float, float]] = {
    "chosen_percent": (0, 100),
    "previous_share": (0.0, 0.5),
    "temperature": (0.1, 2.0),
    "max_new_tokens": (1, 4096),
    "first_batch": (0, 1000),
    "seed": (0, 2**31 - 1),
}
LABELS: dict[str, str | Promise] = {
    "previous_share": gettext_lazy("Share of completions from earlier policies"),
    "temperature": gettext_lazy("Sampling temperature"),
    "max_new_tokens": gettext_lazy("Longest completion, in tokens"),
}


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Stored as JSON on the round.

    tasks: kind -> how many. completions: kind -> how many a task shows, where that is not as usual.
    human_texts: where a person has written for a prompt, tasks that show several texts have theirs
    among them, in the place of one of the model's.
    base: names a base model where the family serves none yet. chosen_percent: of the tasks in which
    texts are compared, those that are not drawn at random (rounds.collecting.choosing).
    """

    tasks: Mapping[str, int] = field(default_factory=dict)
    completions: Mapping[str, int] = field(default_factory=dict)
    human_texts: bool = False
    chosen_percent: int = 0
    previous_share: float = 0.0
    temperature: float = 1.0
    max_new_tokens: int = 128
    first_batch: int = 6  # prompts generated ahead, so that the first task is there soon; 0: none
    languages: tuple[str, ...] = ()
    use_cases: tuple[str, ...] = ()
    base: int | None = None
    seed: int = 0

    @classmethod
    def clean(cls, values: Mapping[str, Any]) -> Self:
        """The plan in `values`; BadInputError names each field of the form that is wrong."""
        errors = {name: _("There is no such setting.") for name in unknown_names(cls, values)}
        ranges = dict(RANGES)
        given = {name: values.get(name, low) for name, (low, _high) in ranges.items()}
        for kind, number in values.get("tasks", {}).items():
            given[tasks_field(kind)], ranges[tasks_field(kind)] = number, (0, MOST_TASKS)
        for kind, number in values.get("completions", {}).items():
            shown = kinds()[kind].completions if kind in kinds() else None
            ranges[completions_field(kind)] = (shown.fewest, shown.most) if shown else (0, 0)
            given[completions_field(kind)] = number
        for name, (low, high) in ranges.items():
            whole = name not in {"previous_share", "temperature"}
            if not in_range(given[name], low, high, whole=whole):
                errors[name] = _("Choose a value from %(low)s to %(high)s.") % {
                    "low": low,
                    "high": high,
                }
        if not isinstance(values.get("human_texts", False), bool):
            errors["human_texts"] = _("Choose yes or no.")
        for kind in {*values.get("tasks", {}), *values.get("completions", {})} - {*kinds()}:
            errors[tasks_field(kind)] = _("There is no such kind of task.")
        if not errors and not any(values.get("tasks", {}).values()):
            errors[tasks_field(next(iter(kinds())))] = _("Ask for at least one task.")
        if errors:
            raise BadInputError(_("Some settings cannot be taken."), errors=errors)
        lists = {name: tuple(values.get(name, ())) for name in ("languages", "use_cases")}
        return cls(**{**values, **lists})

    def completions_of(self, kind: AnnotationKind) -> int:
        """How many completions a task of `kind` shows."""
        return self.completions.get(kind.name, kind.completions.usual)

    def chosen_of(self, kind: AnnotationKind) -> int:
        """How many of the tasks of `kind` are chosen; the others are drawn at random."""
        asked = self.tasks.get(kind.name, 0) if kind.completions.are_compared else 0
        return round(asked * self.chosen_percent / 100)

    def as_json(self) -> dict[str, Any]:
        """For the round's row."""
        return asdict(self)


def completions_in(project: Project, chosen: Mapping[str, int]) -> dict[str, int]:
    """Kind -> how many completions a task shows, of those kinds that let one choose.

    What is not `chosen` is as the project has it.
    """
    offered = {name: kind for name, kind in kinds().items() if kind.completions.is_chosen}
    return {name: project.completions_of(kind) for name, kind in offered.items()} | dict(chosen)


def tasks_field(kind: str) -> str:
    """The name of the form's field for how many tasks of `kind` a round asks."""
    return f"tasks_{kind}"


def completions_field(kind: str) -> str:
    """The name of the form's field for how many completions a task of `kind` shows."""
    return f"completions_{kind}"


def unknown_names(plan: type[Plan], values: Mapping[str, Any]) -> list[str]:
    """The keys of `values` that a plan does not have."""
    known = {field.name for field in fields(plan)}
    return [name for name in values if name not in known]


def in_range(value: object, low: float, high: float, *, whole: bool) -> bool:
    """A finite number, not a bool or text, from `low` to `high`; an int where `whole`."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    if whole and not isinstance(value, int):
        return False
    return math.isfinite(value) and low <= value <= high
