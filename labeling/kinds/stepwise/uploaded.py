"""Labels of steps from files: of both datasets, one of which is TRL's stepwise supervision."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from core.errors import BadInputError
from labeling.datasets import Row
from labeling.formats.base import Label, Text
from labeling.kinds.reading import Readers, Reads, the_completion
from labeling.kinds.sentences import Part
from labeling.kinds.stepwise.body import NEUTRAL, RIGHT, WRONG
from labeling.kinds.stepwise.exports import STEP_LABELS, STEPS
from labeling.kinds.stepwise.splitting import steps

BETWEEN = "\n\n"  # steps that were exported without the text that they are of
LABELS = {RIGHT, NEUTRAL, WRONG}
ONE = "steps"  # rows of one answer are about one text: the first row has it whole


def joined(row: Row) -> list[Text]:
    """The text that its steps make; BadInputError where one has no label or no words."""
    parts = row["completions"]
    if not parts or len(parts) != len(row["labels"]):
        raise BadInputError(_("it must have a label for each step"))
    if not all(part.strip() for part in parts):
        raise BadInputError(_("a step is empty, or not to be found in the text"))
    return [Text(text=BETWEEN.join(row["completions"]), model=row["model"], key=ONE)]


def of_steps(label: Label, ids: Sequence[int], settings: object) -> dict[str, Any]:
    """The body of rows of the dataset steps: those of a text, then of each rewritten one."""
    first, *rewritten = label.rows
    texts, labels = first["completions"], first["labels"]
    rewrites = {len(row["completions"]) - 1: row["completions"][-1] for row in rewritten}
    places = _places(label.texts[0].text, texts)
    return {
        "completion": ids[0],
        "steps": [
            _step(place, RIGHT if is_right else WRONG, rewrites.get(number))
            for number, (place, is_right) in enumerate(zip(places, labels, strict=True))
        ],
    }


def of_step_labels(label: Label, ids: Sequence[int], settings: object) -> dict[str, Any]:
    """The body of a row of the dataset step_labels."""
    (row,) = label.rows
    text, said = label.texts[0].text, row["steps"]
    places = [(step["start"], step["end"]) for step in said]
    if not _is_whole(places, text):  # something was taken out of it on the way in
        places = steps(text)
    if len(places) != len(said):
        raise BadInputError(_("it must have a label for each step"))
    return {
        "completion": ids[0],
        "steps": [
            _step(place, step["label"] if step["is_labeled"] else None, step["rewrite"] or None)
            for place, step in zip(places, said, strict=True)
        ],
    }


def _step(place: Part, label: int | None, rewrite: str | None) -> dict[str, Any]:
    return {"start": place[0], "end": place[1], "label": label, "rewrite": rewrite}


def _places(text: str, parts: Sequence[str]) -> list[Part]:
    """Where the steps stand in their text: each goes on to the next one, as steps do."""
    starts, after = [], 0
    for part in parts:
        start = text.find(part, after)
        if start < 0:
            raise BadInputError(_("a step is empty, or not to be found in the text"))
        starts.append(start)
        after = start + len(part)
    return list(zip([0, *starts[1:]], [*starts[1:], len(text)], strict=True))


def _is_whole(places: Sequence[Part], text: str) -> bool:
    """Whether each begins where the one before ends."""
    ends = [0, *(end for _start, end in places)]
    starts = [start for start, _end in places]
    return starts == ends[:-1] and ends[-1] == len(text) and ends == sorted(set(ends))


def labeled(row: Row) -> list[Text]:
    """The text of a row; BadInputError where a step has no label."""
    if not row["steps"] or any(step["label"] not in LABELS for step in row["steps"]):
        raise BadInputError(_("it must have a label for each step"))
    return the_completion(row)


READS: Readers = {
    STEPS: Reads(texts=joined, body=of_steps, has_several=True),
    STEP_LABELS: Reads(texts=labeled, body=of_step_labels),
}
