"""What the figures of generation mean; it draws no curves."""

from django.utils.translation import gettext_lazy as _

from rounds.stages.curve import Figures

FIGURES: Figures = {
    "dropped_prompts": _("Prompts left out"),
    "completions": _("Completions"),
    "tokens": _("Tokens"),
    "eos_rate": _("Completions that end by themselves"),
}
