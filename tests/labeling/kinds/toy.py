"""A kind with settings, for tests: the demonstration, which asks for so many words."""

from typing import Annotated, Any, Literal

import pytest
from django.utils.translation import gettext_noop
from pydantic import Field

from labeling.kinds import kinds
from labeling.kinds.base import unfit
from labeling.kinds.settings import Said, Settings

NAME = "demonstration"
HINT = gettext_noop("Guidelines")  # any text that has a translation


class Hint(Settings):
    """One row."""

    text: Annotated[str, Field(min_length=1, max_length=20), Said(label="Text", known=[HINT])]
    tone: Annotated[
        Literal["plain", "warm"], Said(label="Tone", choices={"plain": "Plain", "warm": "Warm"})
    ] = "plain"


class ToySettings(Settings):
    """Every form that a field can have."""

    words: Annotated[int, Field(ge=1, le=50), Said(label="Words", help="1 to 50.")] = 1
    share: Annotated[float, Field(ge=0, le=1), Said(label="Share")] = 0.5
    strict: Annotated[bool, Said(label="Strict")] = False
    note: Annotated[str, Said(label="Note", is_long=True)] = ""
    hints: Annotated[
        list[Hint], Field(min_length=1, max_length=3), Said(label="Hints", row="Hint")
    ] = Field(default_factory=lambda: [Hint(text=HINT)])


TEMPLATE = {
    "words": 1,
    "share": 0.5,
    "strict": False,
    "note": "",
    "hints": [{"text": HINT, "tone": "plain"}],
}


def make_toy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Until the end of the test demonstrations have settings, and are checked by them."""
    kind = kinds()[NAME]

    def check(task: Any, body: Any) -> None:
        if len(body.text.split()) < kind.settings_of(task).words:
            raise unfit("text", "too few words")

    monkeypatch.setattr(kind, "Settings", ToySettings, raising=False)
    monkeypatch.setattr(kind, "check", check, raising=False)
