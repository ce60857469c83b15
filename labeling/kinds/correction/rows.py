"""What training reads of a correction, and in SQL how many give it a ranking."""

from django.db.models import F, Func, TextField, Value
from django.db.models.fields.json import KT, KeyTextTransform

from labeling.kinds.base import Rows
from labeling.models import Annotation, Completion
from labeling.queries import AnnotationQuerySet

# What str.strip takes away. PostgreSQL's own idea of a blank is another, and a correction counts
# as a ranking if and only if `training_rows` makes one of it.
BLANKS = (
    "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006"
    "\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)


def changes(text: str, original: str) -> bool:
    """Whether the correction changed anything, and so is a ranking."""
    return text.strip() != original.strip()


def training_rows(annotation: Annotation) -> Rows:
    """A demonstration, and where something was changed a ranking: edited above original."""
    text, original = annotation.body["text"], annotation.task.completions.all()[0]
    rows: Rows = {"demonstrations": [{"completion": text}], "rankings": []}
    if changes(text, original.text):
        ranking = {
            "completions": [text, original.text],
            "finished": [True, original.finish_reason == Completion.FinishReason.STOP],
            "tiers": [[0], [1]],
        }
        rows["rankings"].append(ranking)
    return rows


def changed(corrections: AnnotationQuerySet) -> AnnotationQuerySet:
    """Those that changed something."""
    edited = corrections.annotate(
        edited=_stripped(KT("body__text")), original=_stripped(F("task__completions__text"))
    )
    return edited.exclude(edited=F("original"))


def _stripped(text: F | KeyTextTransform) -> Func:
    return Func(text, Value(BLANKS), function="BTRIM", output_field=TextField())
