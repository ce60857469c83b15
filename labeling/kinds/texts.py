"""Text that annotators write: what all kinds with an editor share."""

from typing import TYPE_CHECKING, Annotated

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import AfterValidator, Field

from core.errors import BadInputError
from core.text import clean_text, quotable
from labeling.kinds.comparing import Figure, Sums

if TYPE_CHECKING:
    from collections.abc import Sequence

    from labeling.models import Completion

LONGEST = 100_000  # characters
AGREEMENT = (
    Figure(
        name="similarity",
        label=gettext_lazy("Alike in their letters"),
        meaning=gettext_lazy(
            "How much of two people’s texts is the same, letter by letter. Good answers to one "
            "prompt may differ wholly: this is no figure of quality."
        ),
        form="share",
    ),
)


def _readable(text: str) -> str:
    """`text` as it was written; ValueError when it cannot be stored."""
    try:
        clean_text(text)
    except BadInputError as error:
        raise ValueError(
            _("The text holds a hidden character that cannot be stored. Take it out.")
        ) from error
    return text


def _written(text: str) -> str:
    """The same; ValueError when there is nothing to read as well."""
    if not _readable(text).strip():
        raise ValueError(_("The text is empty. Write it, or skip the task."))
    return text


ReadableText = Annotated[str, AfterValidator(_readable)]  # may be empty
WrittenText = Annotated[str, Field(max_length=LONGEST), AfterValidator(_written)]


def compare(one: str, other: str) -> Sums:
    """What two texts for one task add to AGREEMENT."""
    from measures import texts  # noqa: PLC0415  background work only needs it

    return {"similarity": (texts.similarity(one, other), 1.0)}


def ids_of(texts: list[str], ids: dict[str, list[int]]) -> list[int]:
    """The ids of these texts; BadInputError names one that is none of them."""
    for text in texts:
        if text not in ids:
            shown = {"text": quotable(text[:80])}
            raise BadInputError(_("“%(text)s” is none of the task's completions") % shown)
    return [pk for text in texts for pk in ids[text]]


def of_people(completions: "Sequence[Completion]") -> list[int]:
    """The places of those that a person wrote: what a ranking's training row names."""
    return [place for place, each in enumerate(completions) if each.answer_id is not None]
