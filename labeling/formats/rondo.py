"""What Rondo exports, read again: each dataset by the columns that it has.

What several kinds give rows to is read here, a kind's own dataset by the kind
(labeling.kinds.reading). Answers that were exported in several rows become one again.
"""

from collections.abc import Callable
from typing import ClassVar

from django.utils.translation import gettext as _

from core.errors import BadInputError
from labeling.datasets import DEMONSTRATIONS, HUMAN, PREFERENCES, Dataset
from labeling.formats.base import Entry, Format, Label, Row, Text
from labeling.formats.reading import conversation, text_of
from labeling.formats.typed import has_columns, typed
from labeling.kinds import kinds, reads
from labeling.unpaired import UNPAIRED

# Of the prompt; `labeling.prompt_files` reads them.
PROMPT = ("prompt", "prompt_id", "given", "split", "language", "use_case", "metadata")
LABEL = {"annotation_id", "prompt_id", "metadata"}  # columns that all exports of labels have
RECORDS = ({"assignment_id", "prompt_id"}, {"evaluation_id", "run"})


class Rondo(Format):
    """Exports of labels."""

    name = "rondo"
    label = "Rondo"
    needed: ClassVar[tuple[str, ...]] = ("prompt", "evaluation_id")

    def fits(self, row: Row) -> float:
        """By the columns that all exports of labels have, or of what is no label."""
        is_label = row.keys() >= LABEL and ("prompt" in row or "messages" in row)
        return float(is_label or _is_record(row))

    def read(self, row: Row) -> list[Entry]:
        """One entry with one label, or a part of one."""
        if _is_record(row):
            raise BadInputError(
                _(
                    "skipped tasks, evaluations and samples say what happened in the project that"
                    " exported them: they are not imported"
                )
            )
        row = _with_sides(row)
        dataset = _dataset(row)
        if dataset is None:
            raise BadInputError(_("it does not have the columns of an export of labels"))
        label = READERS.get(dataset, _of_a_kind)(row, dataset)
        prompt = {name: row[name] for name in PROMPT if name in row}
        if label.rubric:
            prompt["rubric"] = list(label.rubric)
        return [Entry(prompt=prompt, labels=(label,))]


def _is_record(row: Row) -> bool:
    return any(row.keys() >= columns for columns in RECORDS)


def _with_sides(row: Row) -> Row:
    """A demonstration as messages as one with a prompt and a completion."""
    if "prompt" in row:
        return row
    messages = conversation(row.get("messages"))
    return {**row, "prompt": messages[:-1], "completion": messages[-1:]}


def _dataset(row: Row) -> Dataset | None:
    """The one of which a row has the most columns."""
    known = {dataset for kind in kinds().values() for dataset in kind.exports}
    found = [dataset for dataset in known if has_columns(row, dataset)]
    return max(found, key=lambda each: len(row.keys() & each.columns.keys()), default=None)


def _label(row: Row, **more: object) -> Label:
    said: dict[str, object] = {
        "kind": text_of(row, "kind"),
        "who": text_of(row, "annotator"),
        "concerns": tuple(text_of(row, "concerns").split()),
        "comment": text_of(row, "comment"),
    }
    return Label(**{**said, **more})  # type: ignore[arg-type]


def _end(messages: list[Row]) -> str:
    """The text of a completion, which may be empty: models write nothing now and then."""
    if not messages:
        raise BadInputError(_("it holds no conversation"))
    text: str = messages[-1]["content"]
    return text


def _written(row: Row, dataset: Dataset) -> Label:
    """What answers a prompt; where a model wrote it somebody found it right as it is."""
    found = typed(row, dataset)
    text, model = _end(found["completion"]), found["model"]
    texts = (Text(text=text, model=model),) if model else ()
    return _label(row, written=text, texts=texts, kind="")


def _pair(row: Row, dataset: Dataset) -> Label:
    found = typed(row, dataset)
    texts = [
        Text(
            text=_end(found[side]),
            tier=found[f"{side}_tier"],
            is_human=found[f"{side}_origin"] == HUMAN,
            model=found[f"{side}_model"],
        )
        for side in ("chosen", "rejected")
    ]
    return _label(row, texts=tuple(texts), group=found["group_id"])


def _desirable(row: Row, dataset: Dataset) -> Label:
    """A text by itself, with a group of its own: what it stood beside may not be in the file."""
    found = typed(row, dataset)
    text = Text(
        text=_end(found["completion"]),
        acceptable=found["label"],
        is_human=found["origin"] == HUMAN,
        model=found["model"],
    )
    return _label(row, texts=(text,), group=f"{found['group_id']} {text.text}")


def _of_a_kind(row: Row, dataset: Dataset) -> Label:
    if dataset.name not in reads():
        raise BadInputError(_("its kind of annotation does not read its exports again"))
    read = reads()[dataset.name][1]
    found, answer = typed(row, dataset), str(row.get("annotation_id", ""))
    return _label(
        row,
        texts=tuple(read.texts(found)),
        group=f"{dataset.name}-{answer}" if read.has_several else "",
        dataset=dataset.name,
        rows=({**found, "annotation_id": answer},),
        about=read.about(found),
        rubric=tuple(read.rubric(found)),
    )


READERS: dict[Dataset, Callable[[Row, Dataset], Label]] = {
    DEMONSTRATIONS: _written,
    PREFERENCES: _pair,
    UNPAIRED: _desirable,
}
