"""How alike two people rate the same texts."""

from django.utils.translation import gettext_lazy as _

from labeling.kinds.comparing import Figure, Sums
from labeling.kinds.orders import AGREEMENT, BEYOND_CHANCE, HUMAN_CEILING
from labeling.kinds.rating.body import FIELD, scores
from labeling.kinds.rating.settings import BEST, RatingSettings
from labeling.kinds.scored import compare as compare_orders
from labeling.kinds.textwise import MOST, both
from labeling.models import Annotation

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
    rows = both(one, other, FIELD)
    names = [each.name for each in settings.flags]
    near, said = 0.0, 0
    told = [0, 0, 0]  # flags that both set, that one sets, that neither sets
    for first, second in rows:
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
            float(each["scales"][first_scale] - 1) for pair in rows for each in pair
        )
    once = {first["completion"] for first, _second in rows}
    orders = [
        {pk: score for pk, score in scores(each.body, settings).items() if pk in once}
        for each in (one, other)
    ]
    return sums | compare_orders(*orders)
