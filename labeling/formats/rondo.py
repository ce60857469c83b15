"""What Rondo exports, read again: each dataset by the columns that it has.

Judgments that were exported in several rows share "group_id" and become one again.
"""

from collections.abc import Callable
from typing import ClassVar

from django.utils.translation import gettext as _

from core.errors import BadInputError
from labeling.formats.base import Entry, Format, Label, Row, Text
from labeling.formats.reading import answer, text_of

# Of the prompt; `labeling.prompt_files` reads them.
PROMPT = ("prompt", "prompt_id", "given", "split", "language", "use_case", "metadata")


class Rondo(Format):
    """Exports of labels."""

    name = "rondo"
    label = "Rondo"
    needed: ClassVar[tuple[str, ...]] = ("prompt",)

    def fits(self, row: Row) -> float:
        """By the columns that all exports of labels have."""
        return float(row.keys() >= {"annotation_id", "prompt_id", "prompt", "metadata"})

    def read(self, row: Row) -> list[Entry]:
        """One entry with one label, or a part of one."""
        read = _reader(row)
        if read is None:
            raise BadInputError(
                _(
                    "this export of Rondo is not read again: import demonstrations, preferences,"
                    " rankings, comparisons or ratings"
                )
            )
        prompt = {name: row[name] for name in PROMPT if name in row}
        return [Entry(prompt=prompt, labels=(read(row),))]


def _reader(row: Row) -> Callable[[Row], Label] | None:
    found = next((read for names, read in READERS if row.keys() >= names), None)
    if found is None and isinstance(row.get("completion"), list):  # a text is of other datasets
        return _written
    return found


def _label(row: Row, **more: object) -> Label:
    said: dict[str, object] = {
        "kind": text_of(row, "kind"),
        "who": text_of(row, "annotator"),
        "concerns": tuple(text_of(row, "concerns").split()),
        "comment": text_of(row, "comment"),
    }
    return Label(**{**said, **more})  # type: ignore[arg-type]


def _written(row: Row) -> Label:
    return _label(row, written=answer(row["completion"]), kind="")


def _pair(row: Row) -> Label:
    texts = [
        Text(text=answer(row[side]), tier=_number(row, f"{side}_tier"))
        for side in ("chosen", "rejected")
    ]
    return _label(row, texts=tuple(texts), group=text_of(row, "group_id"))


def _tiers(row: Row) -> Label:
    texts = [
        Text(
            text=text_of(each, "text"),
            tier=_number(each, "tier"),
            acceptable=each.get("acceptable") is not False,
            model=text_of(each, "model"),
        )
        for each in _objects(row, "completions")
    ]
    return _label(row, texts=tuple(texts))


def _steps(row: Row) -> Label:
    """Two texts, and from -3 (the first is much better) to 3 how far apart they are."""
    distance, pair = _number(row, "preference"), _objects(row, "completions")
    if len(pair) != 2:
        raise BadInputError(_("it does not have two texts"))
    places = (1, 1 - distance) if distance < 0 else (1 + distance, 1)
    texts = [
        Text(
            text=text_of(each, "text"),
            tier=tier,
            acceptable=not row.get("both_bad"),
            model=text_of(each, "model"),
        )
        for each, tier in zip(pair, places, strict=True)
    ]
    return _label(row, texts=tuple(texts))


def _criteria(row: Row) -> Label:
    said = {text_of(each, "name"): _number(each, "value") for each in _objects(row, "criteria")}
    text = Text(text=text_of(row, "completion"), criteria=said, model=text_of(row, "model"))
    return _label(row, texts=(text,), group=text_of(row, "group_id"))


def _objects(row: Row, name: str) -> list[Row]:
    found = row[name]
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise BadInputError(_("“%(name)s” must be a list of objects") % {"name": name})
    return found


def _number(row: Row, name: str) -> int:
    value = row.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise BadInputError(_("“%(name)s” must be a whole number") % {"name": name})
    return value


# Columns that only this dataset has, and what reads its rows.
READERS: list[tuple[set[str], Callable[[Row], Label]]] = [
    ({"chosen", "rejected", "chosen_tier", "rejected_tier"}, _pair),
    ({"completions", "tiers"}, _tiers),
    ({"completions", "preference"}, _steps),
    ({"completion", "criteria"}, _criteria),
]
