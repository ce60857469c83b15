"""How alike two people answer the same steps."""

from collections.abc import Sequence

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from labeling.kinds.base import AnnotationKind
from labeling.kinds.combined.steps import Parts
from labeling.kinds.comparing import CEILING, Figure, Sums
from labeling.kinds.orders import HUMAN_CEILING
from labeling.models import Annotation

WHOLE = Figure(
    name="steps",
    label=_("Agreement of the steps"),
    meaning=_("The mean, over the steps, of how much two answers agree in each."),
    form="share",
)
Steps = Sequence[tuple[AnnotationKind, Annotation]]


def figures(parts: Parts) -> tuple[Figure, ...]:
    """One of all steps, those of each kind under its name, and the ceiling of what is learned."""
    own = [
        Figure(
            name=_named(part, figure.name),
            label=format_lazy(_("{kind}: {what}"), kind=part.label, what=figure.label),
            meaning=figure.meaning,
            form=figure.form,
            values=figure.values,
            units=figure.units,
            published=figure.published,
        )
        for part in parts.values()
        for figure in part.agreement
        if figure.name != CEILING
    ]
    return (WHOLE, *own, HUMAN_CEILING)


def compare(one: Steps, other: Steps, learned: str) -> Sums:
    """What two answers add to each figure."""
    found: Sums = {}
    shares = []
    for (kind, first), (_kind, second) in zip(one, other, strict=True):
        sums = kind.compare(first, second)
        if kind.agreement and (share := sums.get(kind.agreement[0].name)) and share[1]:
            shares.append(share[0] / share[1])
        ceiling = sums.pop(CEILING, None)
        if ceiling is not None and kind.name == learned:
            found[CEILING] = ceiling
        found |= {_named(kind, name): value for name, value in sums.items()}
    if shares:
        found[WHOLE.name] = sum(shares), float(len(shares))
    return found


def _named(part: AnnotationKind, figure: str) -> str:
    return f"{part.name}_{figure}"
