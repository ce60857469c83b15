"""The criteria of a project's ratings; the built-in ones are InstructGPT's."""

from collections.abc import Sequence
from typing import Annotated, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from pydantic import Field, field_validator

from labeling.kinds import keys
from labeling.kinds.naming import Name, named
from labeling.kinds.rating.template import FLAGS, HELPFUL, KNOWN, OVERALL, Written
from labeling.kinds.settings import Said, Settings

BEST = 7  # of a scale, which begins at 1
MOST = 24  # criteria


class Criterion(Settings):
    """One question about each text: a scale from 1 to 7, or a flag, which is not set by itself."""

    label: Annotated[
        str,
        Field(min_length=1, max_length=120),
        Said(label=gettext_lazy("What is judged"), known=KNOWN),
    ]
    form: Annotated[
        Literal["scale", "flag"],
        Said(
            label=gettext_lazy("Answered by"),
            choices={
                "scale": gettext_lazy("a number from 1 to 7"),
                "flag": gettext_lazy("a flag: no, unless it is set"),
            },
        ),
    ] = "flag"
    help: Annotated[
        str, Field(max_length=300), Said(label=gettext_lazy("What it means"), known=KNOWN)
    ] = ""
    low: Annotated[
        str, Field(max_length=40), Said(label=gettext_lazy("What 1 means"), known=KNOWN)
    ] = ""
    high: Annotated[
        str, Field(max_length=40), Said(label=gettext_lazy("What 7 means"), known=KNOWN)
    ] = ""
    name: Name = ""


class RatingSettings(Settings):
    """What people judge of each text, and what a reward model learns from it."""

    criteria: Annotated[
        list[Criterion],
        Field(min_length=1, max_length=MOST),
        Said(
            label=gettext_lazy("Criteria"),
            help=gettext_lazy("Asked of each text, in this order."),
            row=gettext_lazy("Criterion"),
        ),
    ] = Field(default_factory=lambda: instructgpt().criteria)
    order: Annotated[
        Literal["first", "mean", "none"],
        Said(
            label=gettext_lazy("What the reward model learns"),
            help=gettext_lazy(
                "Texts with the same number are tied. Choose nothing where the same prompts are"
                " ranked as well: they would count twice."
            ),
            choices={
                "first": gettext_lazy("the order by the first scale"),
                "mean": gettext_lazy("the order by the mean of all scales"),
                "none": pgettext_lazy("what is learned", "nothing"),
            },
        ),
    ] = "first"

    @field_validator("criteria")
    @classmethod
    def _named(cls, criteria: list[Criterion]) -> list[Criterion]:
        """Each with a name, and no name twice: answers and exports are by them."""
        names = named([(one.name, one.label) for one in criteria], otherwise="criterion")
        if names is None:
            raise ValueError(_("Two criteria have the same name in exports: change one."))
        found = zip(criteria, names, strict=True)
        return [one.model_copy(update={"name": name}) for one, name in found]

    @property
    def scales(self) -> list[Criterion]:
        """Those that are answered by a number."""
        return [one for one in self.criteria if one.form == "scale"]

    @property
    def flags(self) -> list[Criterion]:
        """The others."""
        return [one for one in self.criteria if one.form == "flag"]


def instructgpt() -> RatingSettings:
    """Overall quality, and eleven flags."""
    return _of([OVERALL], FLAGS)


def helpful() -> RatingSettings:
    """Overall quality, and how helpful, honest and harmless a text is."""
    return _of([OVERALL, *HELPFUL], [])


def aims() -> RatingSettings:
    """How helpful, honest and harmless a text is, and nothing else: their mean orders the texts."""
    return _of(HELPFUL, []).model_copy(update={"order": "mean"})


def keys_of(flags: Sequence[Criterion]) -> list[str]:
    """A letter for each, of its name where one is free; "" for those beyond the alphabet."""
    free = keys.free()
    found = []
    for flag in flags:
        wanted = [letter for letter in flag.name if letter in free]
        key = (wanted or free or [""])[0]
        if key:
            free.remove(key)
        found.append(key)
    return found


def _of(scales: Sequence[Written], flags: Sequence[Written]) -> RatingSettings:
    rows = [("scale", one) for one in scales] + [("flag", one) for one in flags]
    return RatingSettings.model_validate(
        {"criteria": [{"form": form, **one._asdict()} for form, one in rows]}
    )
