"""What the curves of the reward model mean."""

from django.utils.translation import gettext_lazy as _

from rounds.stages import curve
from rounds.stages.curve import GRADIENT, LEARNING_RATE, Curve, Figures
from rounds.stages.reasons import LABELS, Reasons

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
    **curve.FIGURES,
    "rankings": _("Rankings"),
    "effective": _("Rankings, as if weighed alike"),
    "pairs": _("Comparisons"),
    "heldout_rankings": _("Held-out rankings"),
    "heldout_pairs": _("Held-out pairs"),
    "heldout_accuracy": _("Held-out pairs in the right order"),
    "heldout_log_loss": _("Log-loss on held-out pairs"),
    "heldout_ece": _("Calibration error on held-out pairs"),
    "spread": _("Spread of the raw rewards"),
    "gain": _("Gain of the score"),
    "bias": _("Bias of the score"),
}

REASONS: Reasons = {
    **LABELS,
    "texts": (
        _("Single texts that are empty or too long; the rest of their rankings is used."),
        LABELS["too_long"][1],
    ),
    "no_pair": (_("No text was preferred to another."), ""),
    "weightless": (
        _("By the weights, whoever gave them is no better than chance."),
        _("Look at the person’s answers, or train without weighing."),
    ),
    "same_text": (_("The same text stands in several tiers, and nothing else is left."), ""),
    "empty": (_("Without their empty texts nothing is left to compare."), ""),
}
