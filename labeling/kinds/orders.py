"""What two orders of the same texts have in common: for each kind that orders texts."""

from django.utils.translation import gettext_lazy as _

from labeling.kinds.comparing import CEILING, Figure, Sums
from measures import orders
from measures.orders import Places

AGREEMENT = Figure(
    name="agreement",
    label=_("Pairwise agreement"),
    meaning=_(
        "How often two people order two completions alike; a tie of one of them counts half."
    ),
    form="share",
    published=_("InstructGPT's labelers: 72.6 to 77.3 %; Anthropic's HH: about 63 %"),
)
BEYOND_CHANCE = Figure(
    name="beyond_chance",
    label=_("Agreement beyond chance"),
    meaning=_("1 is perfect, 0 what random orders with the same ties would reach."),
    form="chance",
)
HUMAN_CEILING = Figure(
    name=CEILING,
    label=_("Human ceiling"),
    meaning=_(
        "How often one person’s order of two completions is also another’s: "
        "what a reward model’s accuracy is to be compared with."
    ),
    form="share",
)


def compare(one: Places, other: Places) -> Sums:
    """What two orders add to the three figures."""
    found, distance = orders.pairs(one, other), orders.distance(one, other)
    sums: Sums = {
        AGREEMENT.name: (1 - distance, 1.0),
        BEYOND_CHANCE.name: (distance, orders.expected_distance(one, other)),
    }
    tied_once = found.tied_by_one + found.tied_by_other
    if strict := 2 * (found.alike + found.opposite) + tied_once:  # of one, then of the other
        sums[CEILING] = 2 * found.alike + tied_once / 2, float(strict)
    return sums
