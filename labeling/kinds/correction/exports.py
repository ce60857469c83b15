"""What leaves of a correction: the corrected text, that it is better, and what was changed."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from labeling.datasets import (
    DEMONSTRATIONS,
    HUMAN,
    PREFERENCES,
    AnnotationRecord,
    Dataset,
    Exports,
    Judged,
    Row,
    assistant,
    strict_pairs,
)
from labeling.kinds.correction.changes import changes
from labeling.unpaired import UNPAIRED, best_and_last, unpaired

CORRECTIONS = Dataset(
    name="corrections",
    label=_("Corrections"),
    note=_(
        "Each correction as it was given: the completion, the corrected text, and “changes”, which "
        "leads from one to the other: “kept” and “removed” together are the completion, “kept” and "
        "“added” the corrected text."
    ),
    columns={
        "completion_id": int,
        "completion": str,
        "finish_reason": str,
        "model": str,
        "origin": str,  # model or human
        "text": str,
        "is_changed": bool,
        "changes": [{"change": str, "text": str}],
    },
)


def demonstrations(annotation: AnnotationRecord) -> Iterator[Row]:
    """The corrected text, or the original that was found right."""
    text, original = annotation.body["text"], annotation.completions[0]
    model = original.model if text == original.text else ""
    yield {"completion": assistant(text), "model": model}


def preferences(annotation: AnnotationRecord) -> Iterator[Row]:
    """The edited text above the original, where something was changed."""
    return strict_pairs(annotation, _judged(annotation))


def desirable(annotation: AnnotationRecord) -> Iterator[Row]:
    """The edited text is, the original is not; it is where nothing was changed."""
    edited, original = _judged(annotation)
    if edited.text == original.text:
        return unpaired(annotation, [(original, True)])
    return unpaired(annotation, best_and_last([edited, original]))


def corrections(annotation: AnnotationRecord) -> Iterator[Row]:
    """One row."""
    text, original = annotation.body["text"], annotation.completions[0]
    yield {
        "completion_id": original.id,
        "completion": original.text,
        "finish_reason": original.finish_reason,
        "model": original.model,
        "origin": original.origin,
        "text": text,
        "is_changed": text != original.text,
        "changes": changes(original.text, text),
    }


def _judged(annotation: AnnotationRecord) -> tuple[Judged, Judged]:
    text, original = annotation.body["text"], annotation.completions[0]
    return Judged(1, text, HUMAN), Judged(2, original.text, original.origin, original.model)


EXPORTS: Exports = {
    DEMONSTRATIONS: demonstrations,
    PREFERENCES: preferences,
    UNPAIRED: desirable,
    CORRECTIONS: corrections,
}
