"""What is wrong with a body, in words of our own: annotators read them under the form."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails


def in_words(line: "ErrorDetails") -> str:
    """One error of pydantic."""
    if line["type"] == "value_error":  # a validator of the kind has said it
        return str(line["ctx"]["error"])
    if line["type"] == "string_too_long":
        text = _("The text is longer than %(limit)d characters: shorten it.")
        return text % {"limit": line["ctx"]["max_length"]}
    return _("This is not of the form that the task needs. Load the task again and look.")
