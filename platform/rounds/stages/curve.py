"""What the curves of a run mean: their names, their healthy ranges, and what leaving them says.

Metrics that a trainer logs and its stage does not know are shown too, under their own names.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# Figures of a finished run that are no curves: name -> what it is called.
Figures = Mapping[str, str | Promise]


@dataclass(frozen=True, kw_only=True)
class Curve:
    """One chart. low, high: the healthy range, where there is one."""

    name: str
    label: str | Promise
    hint: str | Promise
    low: float | None = None
    high: float | None = None


LEARNING_RATE = Curve(
    name="learning_rate", label=_("Learning rate"), hint=_("Warms up, then falls as planned.")
)

GRADIENT = _("Sudden peaks mean that the learning rate is too high.")

# Of every stage that learns from examples.
FIGURES: Figures = {
    "steps": _("Steps"),
    "seconds": _("Seconds"),
    "examples": _("Examples"),
    "heldout_examples": _("Held-out examples"),
    "dropped": _("Left out: too long, or refused by the chat template"),  # of version 0.1
    "dropped_examples": _("Left out: too long, or refused by the chat template"),
    "dropped_prompts": _("Prompts left out"),
}
