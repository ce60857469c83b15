"""Ranking: the annotator sorts K completions into tiers, best first, with ties."""

from django.utils.translation import gettext_lazy as _

from labeling.kinds.base import AnnotationKind
from labeling.kinds.ranking import body, rows

KIND = AnnotationKind(
    name="ranking",
    label=_("Ranking"),
    instruction=_("Rank the completions"),
    Body=body.RankingBody,
    completions=(2, 9),
    check=body.check,
    training_rows=rows.training_rows,
    context=body.context,
    summary=body.summary,
)
