"""What the figures of a choice mean; it draws no curves."""

from django.utils.translation import gettext_lazy as _

from rounds.stages.curve import Figures

FIGURES: Figures = {
    "candidates": _("Candidates scored"),
    "dropped_prompts": _("Candidates that a reward model cannot take"),
    "asked": _("Tasks chosen"),
    "differ_asked": _("Disagreement of the reward models on them, in nats"),
    "differ_others": _("On the other candidates"),
}
