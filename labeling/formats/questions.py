"""Rows by the names that people give columns themselves: a question, and perhaps its answer.

{"question": "…", "answer": "…"}, or 问题 and 回答, whatever the case of letters. What a question is
about ("context", as Dolly has it, or "input") follows it after a line break.
"""

from collections.abc import Sequence
from typing import ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import BadInputError
from labeling.formats.base import Entry, Format, Label, Row
from labeling.formats.reading import around

QUESTIONS = ("question", "instruction", "query", "input", "问题", "提问", "提示词", "提示", "指令")
ABOUT = ("context", "input")
ANSWERS = ("answer", "response", "output", "reply", "回答", "答案", "回复", "输出")
OTHERS = {"prompt", "messages", "conversations"}  # of formats that are known by these


class Questions(Format):
    """Questions as prompts; their answers, where they have some, are metadata."""

    name = "questions"
    label = gettext_lazy("Questions alone")
    needed: ClassVar[tuple[str, ...]] = QUESTIONS

    def fits(self, row: Row) -> float:
        """Where nothing else does that says more."""
        return 0.4 if _key(row, QUESTIONS) and not row.keys() & OTHERS else 0.0

    def read(self, row: Row) -> list[Entry]:
        """The question."""
        return [Entry(prompt=_asked(row))]


class Answered(Questions):
    """Questions with demonstrations."""

    name = "answered"
    label = gettext_lazy("Questions and answers")

    def fits(self, row: Row) -> float:
        """As questions, and better where there is an answer."""
        return super().fits(row) and (0.45 if _key(row, ANSWERS) else 0.4)

    def read(self, row: Row) -> list[Entry]:
        """The question, and its answer where it has one."""
        key = _key(row, ANSWERS)
        if not key:
            return super().read(row)
        label = Label(written=str(row[key]))
        return [Entry(prompt=_asked(row, but=(key,)), labels=(label,))]


def _asked(row: Row, *, but: Sequence[str] = ()) -> Row:
    """The question of a row, as a line of prompts has it. but: keys that are no metadata."""
    key = _key(row, QUESTIONS)
    if not key:
        message = _("it needs a text in one of the columns %(names)s")
        raise BadInputError(message % {"names": ", ".join(QUESTIONS)})
    about = _key(row, [name for name in ABOUT if name != key.strip().casefold()])
    said = [key, about] if about else [key]
    text = "\n".join(str(row[each]) for each in said)
    return {**around(row, but={*said, *but}), "prompt": text}


def _key(row: Row, names: Sequence[str]) -> str:
    """The key by the first of the names that says something; "" where none does."""
    keys = {key.strip().casefold(): key for key, value in row.items() if _is_said(value)}
    return next((keys[name] for name in names if name in keys), "")


def _is_said(value: object) -> bool:
    if isinstance(value, int | float):
        return not isinstance(value, bool)
    return isinstance(value, str) and bool(value.strip())
