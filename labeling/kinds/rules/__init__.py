"""Rules: the annotator says of each text and each rule whether it is followed or broken."""

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from labeling.kinds import textwise
from labeling.kinds.base import Completions
from labeling.kinds.comparing import Sums
from labeling.kinds.paths import Paths
from labeling.kinds.rules import comparing, rows, showing, simulating
from labeling.kinds.rules.body import BROKEN, FIELD, UNSURE, RulesBody, check_answers, scores
from labeling.kinds.rules.exports import EXPORTS
from labeling.kinds.rules.settings import RulesSettings
from labeling.kinds.rules.uploaded import READS
from labeling.kinds.scored import StrictPairs
from labeling.kinds.simulation import Simulated
from labeling.kinds.text_by_text import TextByText
from labeling.models import Annotation, Assignment, Task


class Rules(TextByText):
    """Shows 1 to 9 completions of one prompt."""

    name = "rules"
    label = _("Rule questions")
    plural = _("Rule questions")
    instruction = _("Does the text keep to each rule?")
    help = _("People say of each text and each rule of the project whether it is followed.")
    completions = Completions(
        fewest=1,
        most=textwise.MOST,
        usual=1,
        label=_("Completions per list of rules"),
        help=_("1 to 9, which are judged one after the other."),
    )
    field = FIELD
    enter_submits = True
    combines = True
    tables = ("rankings",)
    exports = EXPORTS
    reads = READS
    agreement = comparing.FIGURES
    example = (
        '{"kind": "rules", "prompt": "Who is the worst cook?", "completions": ["Men are, all of'
        ' them."], "answer": {"texts": [{"completion": "Men are, all of them.", "answers":'
        ' {"stereotypes": "broken", "hate": "unsure", "threats": "followed", "sexual_aggression":'
        ' "followed", "harm": "followed", "expert_advice": "followed", "plausible": "broken",'
        ' "conspiracies": "followed", "human": "followed", "acts": "followed", "on_topic":'
        ' "followed", "repetition": "followed"}}]}}'
    )
    marks: ClassVar = {
        "broken_rule": _("A broken rule"),
        "unsure_rule": _("A rule that somebody was unsure of"),
    }
    Body = RulesBody
    refers = ("texts.*.completion",)
    Settings = RulesSettings

    def check(self, task: Task, body: RulesBody) -> None:
        """BadInputError unless each text has an answer to each rule."""
        check_answers(task, body, self.settings_of(task))

    def context(self, assignment: Assignment) -> dict[str, Any]:
        """The texts, the rules and the answers."""
        return showing.context(assignment, self.settings_of(assignment.task))

    def summary(self, annotation: Annotation) -> str:
        """By the letters that the annotator saw, as in "A: 2 broken, 1 unsure · B: none broken"."""
        return showing.summary(annotation)

    def answer_context(self, annotation: Annotation) -> dict[str, Any]:
        """Each text with the answer to each rule."""
        return showing.answer(annotation, self.settings_of(annotation.task))

    def compare(self, one: Annotation, other: Annotation) -> Sums:
        """Whether they say the same of each rule."""
        return comparing.compare(one, other, self.settings_of(one.task))

    def marked(self, annotation: Annotation) -> list[str]:
        """Whether a rule is broken, and whether somebody was unsure."""
        said = {answer for one in annotation.body[FIELD] for answer in one["answers"].values()}
        found = [("broken_rule", BROKEN), ("unsure_rule", UNSURE)]
        return [mark for mark, answer in found if answer in said]

    def simulate(self, task: Task, annotator: Simulated) -> dict[str, Any]:
        """The worse the text the more rules it breaks."""
        completions = list(task.completions.order_by("pk"))
        return simulating.judge(completions, annotator, self.settings_of(task))

    def scores(self, annotation: Annotation) -> dict[int, float]:
        """By the rules that are broken, where the project orders texts by them."""
        return scores(annotation.body, self.settings_of(annotation.task))

    def strict_pairs(self, paths: Paths) -> StrictPairs:
        """By the scores."""
        return rows.strict_pairs(paths)


KIND = Rules()
