"""UltraFeedback: an instruction, completions of several models, and what a judge said of each.

https://github.com/OpenBMB/UltraFeedback. The order is that of "overall_score"; where one is
missing, of the means of the four numbers. All numbers are kept with the label, the judge's prose is
not.
"""

from typing import Any, ClassVar

from django.utils.translation import gettext as _

from core.errors import BadInputError
from labeling.formats.base import Entry, Format, Row, by_score
from labeling.formats.reading import around, text_of

KNOWN = {"instruction", "models", "completions"}
SCORE, MEAN = "overall_score", "fine-grained_score"


class UltraFeedback(Format):
    """Completions with scores."""

    name = "ultrafeedback"
    label = "UltraFeedback"
    needed: ClassVar[tuple[str, ...]] = ("instruction",)

    def fits(self, row: Row) -> float:
        """By its keys, and those of its first completion."""
        found = row.get("completions")
        first = found[0] if isinstance(found, list) and found else None
        return float("instruction" in row and isinstance(first, dict) and "response" in first)

    def read(self, row: Row) -> list[Entry]:
        """An order of the completions; a prompt alone where there are fewer than two."""
        found = row.get("completions")
        if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
            raise BadInputError(_("“%(name)s” must be a list of objects") % {"name": "completions"})
        prompt = {**around(row, but=KNOWN), "prompt": text_of(row, "instruction")}
        if len(found) < 2:
            return [Entry(prompt=prompt)]
        name = SCORE if all(_is_number(each.get(SCORE)) for each in found) else MEAN
        if not all(_is_number(each.get(name)) for each in found):
            raise BadInputError(_("a completion has no “%(name)s”") % {"name": SCORE})
        texts = [
            (text_of(each, "response"), float(each[name]), text_of(each, "model")) for each in found
        ]
        about = {"completions": [_numbers(each) for each in found]}
        return [Entry(prompt=prompt, labels=(by_score(texts, about=about),))]


def _numbers(completion: Row) -> Row:
    """What was said of a completion, without the words."""
    annotations: Any = completion.get("annotations")
    aspects = annotations if isinstance(annotations, dict) else {}
    return {
        "model": text_of(completion, "model"),
        **{name: completion[name] for name in (SCORE, MEAN) if completion.get(name) is not None},
        **{
            name: said["Rating"]
            for name, said in aspects.items()
            if isinstance(said, dict) and isinstance(said.get("Rating"), str | int | float)
        },
    }


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
