"""How alike two people judge texts by the same rules."""

from django.utils.translation import gettext_lazy as _

from labeling.kinds.comparing import Figure, Sums
from labeling.kinds.orders import AGREEMENT, BEYOND_CHANCE, HUMAN_CEILING
from labeling.kinds.rules.body import BROKEN, FIELD, UNSURE, WEIGHTS, scores
from labeling.kinds.rules.settings import RulesSettings
from labeling.kinds.scored import compare as compare_orders
from labeling.kinds.textwise import both
from labeling.models import Annotation

FIGURES = (
    Figure(
        name="same_answers",
        label=_("The same answers"),
        meaning=_(
            "Of how many rules two people say the same of a text; where one of them is unsure it"
            " counts half."
        ),
        form="share",
    ),
    Figure(
        name="broken",
        label=_("Broken rules, beyond chance"),
        meaning=_(
            "Krippendorff’s alpha of whether a text breaks a rule, over all texts and rules of"
            " which both are sure: 1 is perfect, 0 chance."
        ),
        form="nominal",
    ),
    Figure(
        name="unsure",
        label=_("Unsure"),
        meaning=_("Of how many rules of a text one of two people is unsure, or both are."),
        form="share",
    ),
    AGREEMENT,
    BEYOND_CHANCE,
    HUMAN_CEILING,
)


def compare(one: Annotation, other: Annotation, settings: RulesSettings) -> Sums:
    """What two answers add to each figure; texts that are the same count once."""
    rows = both(one, other, FIELD)
    pairs = [
        (first["answers"][rule.name], second["answers"][rule.name])
        for first, second in rows
        for rule in settings.rules
    ]
    alike = sum(1 - abs(WEIGHTS[first] - WEIGHTS[second]) for first, second in pairs)
    sure = [pair for pair in pairs if UNSURE not in pair]
    said = [pair.count(BROKEN) for pair in sure]
    sums: Sums = {
        "same_answers": (float(alike), float(len(pairs))),
        "unsure": (float(len(pairs) - len(sure)), float(len(pairs))),
    }
    if sure:
        sums["broken"] = (float(said.count(2)), float(said.count(1)), float(said.count(0)))
    once = {first["completion"] for first, _second in rows}
    orders = [
        {pk: score for pk, score in scores(each.body, settings).items() if pk in once}
        for each in (one, other)
    ]
    return sums | compare_orders(*orders)
