"""How alike two people grade texts by the same rubric."""

from django.utils.translation import gettext_lazy as _

from labeling.kinds.comparing import Figure, Sums
from labeling.kinds.grading.body import FIELD, score, scores
from labeling.kinds.grading.settings import GradingSettings
from labeling.kinds.orders import AGREEMENT, BEYOND_CHANCE, HUMAN_CEILING
from labeling.kinds.scored import compare as compare_orders
from labeling.kinds.textwise import both
from labeling.models import Annotation

FIGURES = (
    Figure(
        name="same_items",
        label=_("The same items"),
        meaning=_("Of how many items of the rubric two people say the same of a text."),
        form="share",
    ),
    Figure(
        name="met",
        label=_("Items met, beyond chance"),
        meaning=_("Krippendorff’s alpha of whether a text meets an item: 1 is perfect, 0 chance."),
        form="nominal",
    ),
    Figure(
        name="apart",
        label=_("Scores apart"),
        meaning=_("How far two people’s scores of a text lie apart; 1 is all points above 0."),
        form="mean",
    ),
    AGREEMENT,
    BEYOND_CHANCE,
    HUMAN_CEILING,
)


def compare(one: Annotation, other: Annotation, settings: GradingSettings) -> Sums:
    """What two gradings add to each figure; texts that are the same count once."""
    items = one.task.prompt.rubric
    rows = both(one, other, FIELD)
    ticks = [
        first + second
        for mine, theirs in rows
        for first, second in zip(mine["met"], theirs["met"], strict=True)
    ]
    apart = [abs(score(items, mine["met"]) - score(items, theirs["met"])) for mine, theirs in rows]
    sums: Sums = {
        "same_items": (float(len(ticks) - ticks.count(1)), float(len(ticks))),
        "met": (float(ticks.count(2)), float(ticks.count(1)), float(ticks.count(0))),
        "apart": (sum(apart), float(len(apart))),
    }
    once = {mine["completion"] for mine, _theirs in rows}
    orders = [
        {pk: points for pk, points in scores(each.body, items, settings).items() if pk in once}
        for each in (one, other)
    ]
    return sums | compare_orders(*orders)
