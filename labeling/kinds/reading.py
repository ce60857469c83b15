"""How kinds read again what they exported: the rows of one answer as its body."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from core.errors import BadInputError
from labeling.datasets import HUMAN, Dataset, Row
from labeling.formats.base import Label, Text
from training.contract.tables import LENGTH, STOP

Body = dict[str, Any]
Readers = Mapping[Dataset, "Reads"]


def no_rubric(_row: Row) -> list[Row]:
    """Of a row that is not about one."""
    return []


def nothing(_row: Row) -> Row:
    """Of a row that says no more."""
    return {}


@dataclass(frozen=True, kw_only=True)
class Reads:
    """Of one dataset; its rows have the types of their columns (labeling.formats.typed).

    texts: of a row the texts that it is about; BadInputError where its parts do not fit together.
    body: of a label, whose `rows` are those of one answer, of the ids of its texts and the kind's
    settings; BadInputError where it has no place in the project. rubric: of a row the items that
    its prompt must have. about: what exports say of its answer besides. has_several: one answer
    may have several rows.
    """

    texts: Callable[[Row], list[Text]]
    body: Callable[[Label, Sequence[int], Any], Body]
    rubric: Callable[[Row], list[Row]] = no_rubric
    about: Callable[[Row], Row] = nothing
    has_several: bool = False


def the_completion(row: Row) -> list[Text]:
    """The text of a row that is about one."""
    return [_text(row, row["completion"], row["completion_id"])]


def the_completions(row: Row) -> list[Text]:
    """The texts of a row that is about several; what has no id was written with the answer."""
    found = [_text(each, each["text"], each["id"]) for each in row["completions"] if each["id"]]
    if len({text.key for text in found}) < len(found):
        raise BadInputError(_("two of its texts have the same id"))
    return found


def by_text(label: Label, ids: Sequence[int]) -> list[tuple[int, Row]]:
    """The id of each text with the row that is about it."""
    rows = {str(row["completion_id"]): row for row in label.rows}
    return [(pk, rows[text.key]) for pk, text in zip(ids, label.texts, strict=True)]


def _text(row: Row, text: str, pk: int) -> Text:
    return Text(
        text=text,
        tier=row.get("tier", 1),
        acceptable=row.get("acceptable", True),
        model=row["model"],
        finish_reason=LENGTH if row["finish_reason"] == LENGTH else STOP,
        is_human=row.get("origin") == HUMAN,
        shown_at=row.get("shown_at", 0),
        key=str(pk),
    )
