"""Formats of labeled data: one module each (see base), told apart by what rows hold."""

from collections.abc import Sequence

from labeling.formats.alpaca import Alpaca
from labeling.formats.argilla import Argilla
from labeling.formats.base import Entry, Format, Label, Row, Text
from labeling.formats.chat import Chat
from labeling.formats.comparia import ComparIA
from labeling.formats.doccano import Doccano
from labeling.formats.hh import HH
from labeling.formats.label_studio import LabelStudio
from labeling.formats.nemo import NeMo
from labeling.formats.oasst import OpenAssistant
from labeling.formats.open_webui import OpenWebUI
from labeling.formats.openai import OpenAI
from labeling.formats.prompts import Prompts
from labeling.formats.questions import Answered, Questions
from labeling.formats.rondo import Rondo
from labeling.formats.trl import Trl
from labeling.formats.ultrafeedback import UltraFeedback

__all__ = ["FORMATS", "LOOKED_AT", "Entry", "Format", "Label", "Row", "Text", "detected"]

PROMPTS = Prompts()
# Of two that fit as well the first counts.
FORMATS: dict[str, Format] = {
    each.name: each
    for each in (
        Rondo(), LabelStudio(), Argilla(), OpenAssistant(), OpenAI(), NeMo(), UltraFeedback(),
        ComparIA(), OpenWebUI(), HH(), Chat(), Alpaca(), Doccano(), Trl(), Questions(),
        Answered(), PROMPTS
    )
}  # fmt: skip
LOOKED_AT = 20  # entries, by which a file's format is told


def detected(rows: Sequence[object]) -> Format:
    """The format that fits the most of the rows."""
    objects = [row for row in rows if isinstance(row, dict)]
    sums = {name: sum(map(each.fits, objects)) for name, each in FORMATS.items()}
    best = max(sums, key=lambda name: sums[name])
    return FORMATS[best] if sums[best] else PROMPTS


def needed() -> tuple[str, ...]:
    """The columns by any of which a table is known for one."""
    return tuple(dict.fromkeys(name for each in FORMATS.values() for name in each.needed))
