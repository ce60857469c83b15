"""Text that annotators write: what all kinds with an editor share."""

from typing import Annotated

from django.utils.translation import gettext as _
from pydantic import AfterValidator, Field

from core.errors import BadInputError
from core.text import clean_text

LONGEST = 100_000  # characters


def _written(text: str) -> str:
    """`text` as it was written; ValueError when no one could read it."""
    try:
        clean_text(text)
    except BadInputError as error:
        raise ValueError(
            _("The text holds a hidden character that cannot be stored. Take it out.")
        ) from error
    if not text.strip():
        raise ValueError(_("The text is empty. Write it, or skip the task."))
    return text


WrittenText = Annotated[str, Field(max_length=LONGEST), AfterValidator(_written)]
