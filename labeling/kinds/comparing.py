"""What two people's answers to one task have in common: the figures that a kind makes of it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

# How the sums over pairs of answers make the figure:
# share, mean   the first over the second; a share is written in percent
# chance        agreement beyond chance, 1 - first / second
# ordinal       Krippendorff's ordinal alpha: how often which two of `values` ordered values meet
# nominal       Krippendorff's alpha of a yes or no: how often both say yes, one does, none does
Form = Literal["share", "mean", "chance", "nominal", "ordinal"]
# The name of the figure that the accuracy of a reward model is compared with, where a kind has it.
CEILING = "ceiling"
Sums = dict[str, tuple[float, ...]]  # name of a figure -> what a pair of answers adds to it


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One figure of agreement. meaning: a sentence; published: what papers report, if they do.

    values: how many an ordinal one has, counted from 0; `compare` gives two of them for each thing
    that both judged, of which there are at most `units`.
    """

    name: str
    label: "_StrPromise"
    meaning: "_StrPromise"
    form: Form
    values: int = 0
    units: int = 1
    published: "_StrPromise | str" = ""

    @property
    def width(self) -> int:
        """How many columns quality.tables has of it."""
        if self.form == "ordinal":
            return 2 * self.units + 1  # the values, and how many answers of the task have some
        return 3 if self.form == "nominal" else 2
