"""What leaves of a critique: a row for each error, and one for an answer that finds none."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from labeling.datasets import AnnotationRecord, Dataset, Exports, Judged, Row
from labeling.unpaired import UNPAIRED, unpaired

NO_ERROR = "no_error"  # as in the public MQM ratings of WMT: what is fine has a row as well
CRITIQUES = Dataset(
    name="critiques",
    label=_("Critiques"),
    note=_(
        "A row for each error: its place in the completion (in Unicode code points, as Python "
        "counts), the words there, type, severity and weight. An answer without errors is one row "
        "of the type “no_error”. “text” is about the whole completion, “score” the sum of the "
        "weights of its answer. No trainer takes it."
    ),
    columns={
        "completion_id": int,
        "completion": str,
        "finish_reason": str,
        "model": str,
        "start": int,
        "end": int,  # before which the error ends
        "quote": str,  # completion[start:end]
        "type": str,
        "severity": str,
        "weight": float,
        "note": str,
        "text": str,
        "score": float,
        "errors": int,  # of the answer
    },
)


def critiques(annotation: AnnotationRecord) -> Iterator[Row]:
    """A row for each error, by its place."""
    body, settings, completion = annotation.body, annotation.settings, annotation.completions[0]
    errors = sorted(body["errors"], key=lambda error: (error["start"], error["end"]))
    of_answer = {
        "completion_id": completion.id,
        "completion": completion.text,
        "finish_reason": completion.finish_reason,
        "model": completion.model,
    }
    whole = {
        "text": body["text"],
        "score": settings.score([error["severity"] for error in errors]),
        "errors": len(errors),
    }
    none = {"start": 0, "end": 0, "type": NO_ERROR, "severity": NO_ERROR, "note": ""}
    for error in errors or [none]:
        yield {
            **of_answer,
            "start": error["start"],
            "end": error["end"],
            "quote": completion.text[error["start"] : error["end"]],
            "type": error["type"],
            "severity": error["severity"],
            "weight": settings.severity(error["severity"]).weight if errors else 0.0,
            "note": error["note"],
            **whole,
        }


def desirable(annotation: AnnotationRecord) -> Iterator[Row]:
    """A completion without errors is, one with errors is not."""
    c = annotation.completions[0]
    text = Judged(1, c.text, c.origin, c.model)
    return unpaired(annotation, [(text, not annotation.body["errors"])])


EXPORTS: Exports = {CRITIQUES: critiques, UNPAIRED: desirable}
