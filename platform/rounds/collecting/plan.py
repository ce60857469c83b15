"""What a manager asks of a round: how many tasks of each kind, and who writes the completions."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import BadInputError

RANGES: dict[str, tuple[float, float]] = {
    "rankings": (0, 100_000),
    "demonstrations": (0, 100_000),
    "corrections": (0, 100_000),
    "completions_per_ranking": (2, 9),
    "previous_share": (0.0, 0.5),
    "temperature": (0.1, 2.0),
    "max_new_tokens": (1, 4096),
    "first_batch": (0, 1000),
    "seed": (0, 2**31 - 1),
}

LABELS: dict[str, str | Promise] = {
    "rankings": gettext_lazy("Rankings"),
    "demonstrations": gettext_lazy("Demonstrations"),
    "corrections": gettext_lazy("Corrections"),
    "completions_per_ranking": gettext_lazy("Completions per ranking"),
    "previous_share": gettext_lazy("Share of completions from earlier policies"),
    "temperature": gettext_lazy("Sampling temperature"),
    "max_new_tokens": gettext_lazy("Longest completion, in tokens"),
}


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Stored as JSON on the round. `base` names a base model where the family serves none yet."""

    rankings: int = 0
    demonstrations: int = 0
    corrections: int = 0
    completions_per_ranking: int = 4
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
        """The plan in `values`; BadInputError names each field that is wrong."""
        errors = {name: _("There is no such setting.") for name in unknown_names(cls, values)}
        for name, (low, high) in RANGES.items():
            value = values.get(name, low)
            whole = name not in {"previous_share", "temperature"}
            if not in_range(value, low, high, whole=whole):
                errors[name] = _("Choose a value from %(low)s to %(high)s.") % {
                    "low": low,
                    "high": high,
                }
        if not errors and not any(values.get(k) for k in TASK_COUNTS):
            errors["rankings"] = _("Ask for at least one ranking, demonstration or correction.")
        if errors:
            raise BadInputError(_("Some settings cannot be taken."), errors=errors)
        lists = {name: tuple(values.get(name, ())) for name in ("languages", "use_cases")}
        return cls(**{**values, **lists})

    def as_json(self) -> dict[str, Any]:
        """For the round's row."""
        return asdict(self)


TASK_COUNTS = ("rankings", "demonstrations", "corrections")


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
