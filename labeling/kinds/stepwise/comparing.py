"""How alike two people label the same steps."""

from django.utils.translation import gettext_lazy as _

from labeling.kinds.comparing import Figure, Sums
from labeling.kinds.stepwise.body import WRONG
from labeling.kinds.stepwise.showing import first_wrong
from labeling.models import Annotation

FIGURES = (
    Figure(
        name="labels",
        label=_("The same labels"),
        meaning=_("Of how many steps two people say the same: right, neutral or wrong."),
        form="share",
    ),
    Figure(
        name="wrong",
        label=_("Wrong steps, beyond chance"),
        meaning=_("Krippendorff’s alpha of whether a step is wrong: 1 is perfect, 0 chance."),
        form="nominal",
    ),
    Figure(
        name="first_error",
        label=_("The same first error"),
        meaning=_("How often two people find the first wrong step at the same place, or none."),
        form="share",
    ),
    Figure(
        name="apart",
        label=_("First errors apart"),
        meaning=_("How many steps lie between the first wrong ones that two people find."),
        form="mean",
    ),
)


def compare(one: Annotation, other: Annotation) -> Sums:
    """What two answers add to each figure: of the steps that both have labeled."""
    theirs = {(step["start"], step["end"]): step["label"] for step in other.body["steps"]}
    pairs = [
        (step["label"], label)
        for step in one.body["steps"]
        if step["label"] is not None
        and (label := theirs.get((step["start"], step["end"]))) is not None
    ]
    wrong = [sum(label == WRONG for label in pair) for pair in pairs]
    first = first_wrong(one.body), first_wrong(other.body)
    sums: Sums = {"first_error": (float(first[0] == first[1]), 1.0)}
    if pairs:
        sums["labels"] = (float(sum(a == b for a, b in pairs)), float(len(pairs)))
        sums["wrong"] = (float(wrong.count(2)), float(wrong.count(1)), float(wrong.count(0)))
    if first[0] is not None and first[1] is not None:
        sums["apart"] = (float(abs(first[0] - first[1])), 1.0)
    return sums
