"""Prompts of a round for which its model could write nothing, and why."""

from collections import defaultdict
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from labeling.models import Prompt
from rounds.models import Round

SHOWN = 20  # prompts of each reason

# Reason, as the trainers name it -> what it means, and what helps.
WORDS: dict[str, tuple[str | Promise, str | Promise]] = {
    "too_long": (
        _("Too long: the model's context has no room for the prompt and a whole completion."),
        _(
            "Ask for shorter completions, start the next project from a model with a longer "
            "context, or withdraw these prompts."
        ),
    ),
    "refused": (
        _("The model's chat template refuses their turns, most often a system message."),
        _(
            "Import them without it, start the next project from a model that takes one, or "
            "withdraw these prompts."
        ),
    ),
}


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """The prompts left out for one reason. prompts: the first of them."""

    reason: str | Promise
    help: str | Promise
    count: int
    prompts: list[Prompt]


def left_out(round_: Round) -> list[LeftOut]:
    """What the round's runs could not write for, by reason, without what was withdrawn since."""
    ids: dict[str, set[int]] = defaultdict(set)
    for result in round_.runs.writing().succeeded().values_list("job__result", flat=True):
        for reason, dropped in (result or {}).get("dropped", {}).items():
            ids[reason] |= set(dropped)
    found = []
    for reason, dropped in sorted(ids.items()):
        prompts = round_.project.prompts.in_use().filter(pk__in=dropped).order_by("pk")
        words, help_ = WORDS.get(reason, (reason, ""))
        if count := prompts.count():
            shown = list(prompts[:SHOWN])
            found.append(LeftOut(reason=words, help=help_, count=count, prompts=shown))
    return found
