"""What training reads of a correction, and in SQL how many give it a ranking."""

from django.db.models import F
from django.db.models.fields.json import KT

from labeling.kinds.base import Rows
from labeling.kinds.paths import Paths
from labeling.models import Annotation, Completion
from labeling.queries import AnnotationQuerySet


def training_rows(annotation: Annotation) -> Rows:
    """A demonstration, and where something was changed a ranking: edited above original."""
    text, original = annotation.body["text"], annotation.task.completions.all()[0]
    rows: Rows = {"demonstrations": [{"completion": text}], "rankings": []}
    if text != original.text:
        ranking = {
            "completions": [text, original.text],
            "finished": [True, original.finish_reason == Completion.FinishReason.STOP],
            "tiers": [[0], [1]],
            "human": [0],
        }
        rows["rankings"].append(ranking)
    return rows


def changed(corrections: AnnotationQuerySet, paths: Paths) -> AnnotationQuerySet:
    """Those that changed something."""
    text = KT(f"{paths.body}__text")
    edited = corrections.annotate(edited=text, original=F("task__completions__text"))
    return edited.exclude(edited=F("original"))
