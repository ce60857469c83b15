"""What the curves of the reward model mean."""

from django.utils.translation import gettext_lazy as _

from rounds.stages import comparisons
from rounds.stages.curve import GRADIENT, LEARNING_RATE, Curve, Figures

CURVES = (
    Curve(
        name="loss",
        label=_("Loss"),
        hint=_("0.69 is chance. Below 0.3 on few labels is overfitting."),
        low=0.3,
        high=0.69,
    ),
    Curve(
        name="accuracy",
        label=_("Pairs in the right order"),
        hint=_("0.5 is chance; people agree with each other on 0.63 to 0.77."),
        low=0.6,
        high=0.9,
    ),
    Curve(
        name="margin",
        label=_("Margin"),
        hint=_("By how much the better text scores above the worse one; it grows."),
    ),
    LEARNING_RATE,
    Curve(name="gradient", label=_("Gradient norm"), hint=GRADIENT),
)

FIGURES: Figures = {
    **comparisons.FIGURES,
    "spread": _("Spread of the raw rewards"),
    "gain": _("Gain of the score"),
    "bias": _("Bias of the score"),
}
