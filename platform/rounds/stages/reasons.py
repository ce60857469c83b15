"""Why rows are left out of a run: what a trainer's reasons mean, and what helps."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# Reason, as the trainers name it -> what it means, and what helps.
Reasons = Mapping[str, tuple[str | Promise, str | Promise]]

REFUSED = _("The model's chat template refuses their turns, most often a system message.")
WITHOUT = _(
    "Import them without it, start the next project from a model that takes one, or withdraw these "
    "prompts."
)

# Of what completes prompts.
PROMPTS: Reasons = {
    "too_long": (
        _("Too long: the model's context has no room for the prompt and a whole completion."),
        _(
            "Ask for shorter completions, start the next project from a model with a longer "
            "context, or withdraw these prompts."
        ),
    ),
    "refused": (REFUSED, WITHOUT),
}

# Of what learns from labels.
LABELS: Reasons = {
    "too_long": (
        _("Too long: prompt and text together have more tokens than the longest example."),
        _("Launch with a higher limit for the longest example, if the model's context allows it."),
    ),
    "refused": (REFUSED, WITHOUT),
}

# Of what learns from rankings.
RANKINGS: Reasons = {
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
