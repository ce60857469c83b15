"""How alike two people compare the same two completions."""

from django.utils.translation import gettext_lazy as _

from labeling.kinds.comparing import Figure, Sums
from labeling.kinds.comparison.body import STRONGEST, tiers
from labeling.kinds.orders import AGREEMENT, BEYOND_CHANCE, HUMAN_CEILING
from labeling.kinds.orders import compare as compare_orders
from labeling.models import Annotation
from measures import orders

FIGURES = (
    AGREEMENT,
    BEYOND_CHANCE,
    Figure(
        name="ordinal",
        label=_("Ordinal alpha"),
        meaning=_(
            "Krippendorff’s alpha of the seven steps from “much better” to “much better”, in their"
            " order: 1 is perfect, 0 chance. Answers that call both bad are left out."
        ),
        form="ordinal",
        values=2 * STRONGEST + 1,
    ),
    Figure(
        name="steps",
        label=_("Steps apart"),
        meaning=_(
            "How many of the steps from “much better” to “much better” lie between two answers."
        ),
        form="mean",
    ),
    Figure(
        name="both_bad",
        label=_("Both bad, beyond chance"),
        meaning=_("Krippendorff’s alpha of calling both bad: 1 is perfect, 0 chance."),
        form="nominal",
    ),
    HUMAN_CEILING,
)


def compare(one: Annotation, other: Annotation) -> Sums:
    """What two comparisons add to each figure; nothing where both texts are the same."""
    pks = sorted(one.shown_order)
    if len({completion.text for completion in one.task.completions.all()}) < 2:
        return {}
    places = [orders.places(tiers(each.body, pks)) for each in (one, other)]
    bad = sum(each.body["both_bad"] for each in (one, other))
    steps = _step(one, pks), _step(other, pks)
    sums = compare_orders(*places)
    if not bad:  # who calls both bad says nothing of which one is better
        sums["ordinal"] = tuple(float(STRONGEST + step) for step in steps)
    return sums | {
        "steps": (float(abs(steps[0] - steps[1])), 1.0),
        "both_bad": (float(bad == 2), float(bad == 1), float(bad == 0)),
    }


def pattern(annotation: Annotation) -> tuple[int, ...]:
    """The rank of each side, 0 the better one."""
    better = annotation.body["better"]
    return tuple(int(better is not None and pk != better) for pk in annotation.shown_order)


def _step(annotation: Annotation, pks: list[int]) -> int:
    """From -3, the older text is much better, to 3."""
    better, strength = annotation.body["better"], int(annotation.body["strength"])
    return -strength if better == pks[0] else strength
