"""Demonstration: the annotator writes the answer that the model should have given."""

from django.utils.translation import gettext_lazy as _

from labeling.kinds.base import AnnotationKind
from labeling.kinds.demonstration import body, rows

KIND = AnnotationKind(
    name="demonstration",
    label=_("Demonstration"),
    instruction=_("Write the answer"),
    Body=body.DemonstrationBody,
    completions=(0, 0),
    check=body.check,
    training_rows=rows.training_rows,
    context=body.context,
    summary=body.summary,
)
