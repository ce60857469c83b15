"""Correction: the annotator edits a completion until it is right."""

from django.utils.translation import gettext_lazy as _

from labeling.kinds.base import AnnotationKind
from labeling.kinds.correction import body, rows

KIND = AnnotationKind(
    name="correction",
    label=_("Correction"),
    instruction=_("Correct the completion"),
    Body=body.CorrectionBody,
    completions=(1, 1),
    check=body.check,
    training_rows=rows.training_rows,
    context=body.context,
    summary=body.summary,
)
