"""Sentences for people, made of a template and values: whoever shows them may word them anew.

    raise BadInputError(say("the prompt {name} is named twice", name=name))

`template` is the English text with its places, by which translations are found; it is the code.
"""

from collections.abc import Mapping
from typing import Any

Value = str | int | float


class Said(str):
    """An English sentence, beside what it was made of. Values may be such sentences themselves."""

    template: str
    values: Mapping[str, Value]

    @property
    def parts(self) -> dict[str, Any]:
        """As JSON, in error.json, events and rows: {"template": …, "values": {…}}."""
        return {
            "template": self.template,
            "values": {name: parts_of(each) or each for name, each in self.values.items()},
        }


def say(template: str, /, **values: object) -> Said:
    """`template` with each {name} filled in, an error by its message, other things by their str."""
    told = {name: _value(each) for name, each in values.items()}
    made = Said(template.format_map(told))
    made.template, made.values = template, told
    return made


def read_back(parts: object, text: str) -> str:
    """What `parts` of a file say; `text` where they are no such parts, as of an older process."""
    match parts:
        case {"template": str(template), "values": dict(values)}:
            told = {n: read_back(v, "") if isinstance(v, dict) else v for n, v in values.items()}
            return say(template, **told)
    return text


def message_of(error: BaseException) -> str:
    """The message of `error`, with what it was made of where it was said so."""
    (said,) = error.args if len(error.args) == 1 else (None,)
    return said if isinstance(said, Said) else str(error)


def _value(each: object) -> Value:
    if isinstance(each, Value):
        return each
    return message_of(each) if isinstance(each, BaseException) else str(each)


def parts_of(text: object) -> dict[str, Any]:
    """What `text` was made of; empty where it is a plain text, as a library's own words are."""
    return text.parts if isinstance(text, Said) else {}
