"""How alike two people rate the same texts."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from labeling.kinds.comparing import Figure, Sums
from labeling.kinds.orders import AGREEMENT, BEYOND_CHANCE, HUMAN_CEILING
from labeling.kinds.orders import compare as compare_orders
from labeling.kinds.rating.body import score
from labeling.kinds.rating.settings import BEST, RatingSettings
from labeling.models import Annotation

MOST = 9  # texts of a task
FIGURES = (
    Figure(
        name="nearness",
        label=_("Nearness of ratings"),
        meaning=_(
            "How near two people’s numbers are, 100 % where they are the same; a flag that only one"
            " of them sets counts as wholly apart, one that neither sets as nothing."
        ),
        form="share",
    ),
    AGREEMENT,
    BEYOND_CHANCE,
    Figure(
        name="first_scale",
        label=_("First scale, beyond chance"),
        meaning=_(
            "Krippendorff’s alpha of the numbers from 1 to 7, in their order: 1 is perfect, 0"
            " chance."
        ),
        form="ordinal",
        values=BEST,
        units=MOST,
    ),
    Figure(
        name="flags",
        label=_("Flags, beyond chance"),
        meaning=_("Krippendorff’s alpha of setting flags: 1 is perfect, 0 chance."),
        form="nominal",
    ),
    HUMAN_CEILING,
)


def compare(one: Annotation, other: Annotation, settings: RatingSettings) -> Sums:
    """What two ratings add to each figure; texts that are the same count once."""
    texts = {c.text: c.pk for c in sorted(one.task.completions.all(), key=lambda each: -each.pk)}
    both = [
        (first, second)
        for first, second in zip(_rated(one), _rated(other), strict=True)
        if first["completion"] in set(texts.values())
    ]
    names = [each.name for each in settings.flags]
    near, said = 0.0, 0
    told = [0, 0, 0]  # flags that both set, that one sets, that neither sets
    for first, second in both:
        for scale in settings.scales:
            apart = abs(first["scales"][scale.name] - second["scales"][scale.name])
            near, said = near + 1 - apart / (BEST - 1), said + 1
        for name in names:
            sides = (name in first["flags"]) + (name in second["flags"])
            told[2 - sides] += 1
            near, said = near + (sides == 2), said + (sides > 0)
    sums: Sums = {"nearness": (near, float(said)) if said else (1.0, 1.0)}
    if names:
        sums["flags"] = tuple(map(float, told))
    if settings.scales:
        first_scale = settings.scales[0].name
        sums["first_scale"] = tuple(
            float(each["scales"][first_scale] - 1) for pair in both for each in pair
        )
    return sums | _orders(both, settings)


def pattern(annotation: Annotation, settings: RatingSettings, shown: list[int]) -> tuple[int, ...]:
    """The rank of each text by its score, 0 the best; nothing where ratings give no order."""
    of: dict[int, float] = {}
    for one in annotation.body["ratings"]:
        reached = score(one["scales"], settings)
        if reached is not None:
            of[one["completion"]] = reached
    ranks = sorted(set(of.values()), reverse=True)
    return tuple(ranks.index(of[pk]) for pk in shown) if of and len(shown) > 1 else ()


def _orders(both: list[tuple[dict[str, Any], dict[str, Any]]], settings: RatingSettings) -> Sums:
    """What the orders of the texts by their scores add."""
    places = []
    for side in (0, 1):
        scores = {pair[side]["completion"]: score(pair[side]["scales"], settings) for pair in both}
        if len(scores) < 2 or None in scores.values():
            return {}
        places.append({pk: -round(1000 * (found or 0)) for pk, found in scores.items()})
    return compare_orders(*places)


def _rated(annotation: Annotation) -> list[dict[str, Any]]:
    """Its ratings in the order of the completions' keys."""
    return sorted(annotation.body["ratings"], key=lambda each: each["completion"])
