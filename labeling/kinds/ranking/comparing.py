"""How alike two people rank the same completions (measures.orders has the formulas)."""

from django.utils.translation import gettext_lazy as _

from labeling.kinds.comparing import Figure, Sums
from labeling.kinds.orders import AGREEMENT, BEYOND_CHANCE, HUMAN_CEILING
from labeling.kinds.orders import compare as compare_orders
from labeling.models import Annotation
from measures import orders

FIGURES = (
    AGREEMENT,
    BEYOND_CHANCE,
    Figure(
        name="tau",
        label=_("Kendall’s tau-b"),
        meaning=_("The mean over pairs of rankings: 1 the same order, −1 the opposite one."),
        form="mean",
    ),
    Figure(
        name="top",
        label=_("Same best"),
        meaning=_("How much of what either puts first both put first."),
        form="share",
    ),
    Figure(
        name="unacceptable",
        label=_("Unacceptable, beyond chance"),
        meaning=_(
            "Krippendorff’s alpha of calling a completion unacceptable: 1 is perfect, 0 chance."
        ),
        form="nominal",
    ),
    HUMAN_CEILING,
)


def compare(one: Annotation, other: Annotation) -> Sums:
    """What two rankings add to each figure; texts that are the same count once."""
    completions = sorted(one.task.completions.all(), key=lambda each: -each.pk)
    kept = set({each.text: each.pk for each in completions}.values())
    first, second = _tiers(one, kept), _tiers(other, kept)
    places = orders.places(*first), orders.places(*second)
    if len(kept) < 2 or any(found.keys() != kept for found in places):
        return {}
    bad, worse = set(first[1]), set(second[1])
    sums: Sums = {
        "top": (orders.top_overlap(first[0], second[0]), 1.0),
        "unacceptable": (len(bad & worse), len(bad ^ worse), len(kept - bad - worse)),
    }
    if (tau := orders.tau_b(*places)) is not None:
        sums["tau"] = tau, 1.0
    return compare_orders(*places) | sums


def _tiers(annotation: Annotation, kept: set[int]) -> tuple[list[list[int]], list[int]]:
    """Its tiers and what is unacceptable, of the completions that are `kept`."""
    body = annotation.body
    tiers = [[pk for pk in tier if pk in kept] for tier in body["tiers"]]
    return [tier for tier in tiers if tier], [pk for pk in body["unacceptable"] if pk in kept]
