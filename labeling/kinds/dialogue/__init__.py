"""Dialogue: the annotator talks with the model, which offers two replies at each turn."""

from typing import Any, ClassVar

from django.db.models import Func, IntegerField
from django.utils.translation import gettext_lazy as _

from labeling.kinds.base import AnnotationKind, Rows
from labeling.kinds.dialogue import rows, showing
from labeling.kinds.dialogue.body import DialogueBody, complete
from labeling.kinds.dialogue.exports import EXPORTS
from labeling.kinds.dialogue.uploaded import READS
from labeling.kinds.paths import WHOLE, Paths
from labeling.models import Annotation, Assignment
from labeling.queries import AnnotationQuerySet

# How many turns prefer one reply, of each answer.
PREFERRED = (
    "jsonb_array_length(jsonb_path_query_array(%(expressions)s, '$.turns[*] ? (@.strength > 0)'))"
)


class Dialogue(AnnotationKind):
    """Anthropic's interface (section 2 of arXiv 2204.05862), with the steps of a comparison.

    Two people never see the same texts, so there is no agreement to measure: replies are sampled
    for each of them, and from the first choice on they talk about other things.
    """

    name = "dialogue"
    label = _("Dialogue")
    plural = _("Dialogues")
    instruction = _("Talk with the model, and choose its better reply at each turn")
    help = _(
        "Live conversations with the round’s model: it offers two replies at each turn, and goes "
        "on from the chosen one. The prompt is the first message."
    )
    is_live = True
    tables = ("rankings",)
    exports = EXPORTS
    reads = READS
    marks: ClassVar = {"both_replies_bad": _("Both replies called bad in a dialogue")}
    Body = DialogueBody

    def complete(self, assignment: Assignment, body: object) -> object:
        """The whole conversation, of which the page sends the last choice alone."""
        return complete(assignment, body)

    def context(self, assignment: Assignment) -> dict[str, Any]:
        """The conversation so far, and the steps between two replies."""
        return showing.context(assignment)

    def summary(self, annotation: Annotation) -> str:
        """How long it is, and how often one reply was better."""
        return showing.summary(annotation)

    def shown(self, annotation: Annotation) -> list[tuple[str, str]]:
        """The replies of each turn, as in "2 B"."""
        return showing.shown(annotation)

    def answer_context(self, annotation: Annotation) -> dict[str, Any]:
        """The turns, each with its replies and what was chosen."""
        return showing.answer(annotation)

    def training_rows(self, annotation: Annotation) -> Rows:
        """A ranking of two for each turn that prefers one, after the conversation up to there."""
        return {"rankings": list(rows.rankings(annotation.body["turns"]))}

    def teaching(
        self, annotations: AnnotationQuerySet, paths: Paths = WHOLE
    ) -> dict[str, AnnotationQuerySet]:
        """Those with a preference in some turn."""
        pairs = Func(paths.body, template=PREFERRED, output_field=IntegerField())
        return {"rankings": annotations.annotate(pairs=pairs).filter(pairs__gt=0)}

    def marked(self, annotation: Annotation) -> list[str]:
        """Whether both replies of a turn are bad."""
        return ["both_replies_bad"] if showing.has_bad(annotation.body) else []


KIND = Dialogue()
