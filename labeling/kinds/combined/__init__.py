"""Combined: several kinds on one page, one step after the other, in one answer."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from core.errors import BadInputError
from core.places import Number
from labeling.kinds.base import AnnotationKind, Completions, Rows, Wrote
from labeling.kinds.combined import comparing, exports, rows, settings, showing
from labeling.kinds.combined.body import CombinedBody, check_steps
from labeling.kinds.combined.steps import Parts, Step, found, steps, steps_of
from labeling.kinds.comparing import Sums
from labeling.kinds.paths import WHOLE, Paths
from labeling.kinds.simulation import Simulated
from labeling.models import Annotation, Assignment, Completion, Task
from labeling.queries import AnnotationQuerySet


class Stepped(AnnotationKind):
    """A kind made of `parts`, by name, of which a project takes some in an order of its own."""

    parts: ClassVar[Parts]
    Body = CombinedBody
    refers = ("presorted.*.*",)

    def __init_subclass__(cls, *, parts: Parts) -> None:
        """What follows from the parts."""
        cls.parts = parts
        ranges = [part.completions for part in parts.values()]
        cls.completions = Completions(
            fewest=max(each.fewest for each in ranges),
            most=min(each.most for each in ranges),
            usual=4,
            label=_("Completions per combined task"),
            help=_("All steps are about the same texts; InstructGPT’s labelers had 4 to 9."),
        )
        cls.enter_submits = all(part.enter_submits for part in parts.values())
        cls.tables = tuple(dict.fromkeys(t for part in parts.values() for t in part.tables))
        cls.exports = exports.exports(parts)
        cls.agreement = comparing.figures(parts)
        cls.marks = {name: label for part in parts.values() for name, label in part.marks.items()}
        cls.Settings = settings.of(parts)
        cls.templates = settings.templates(parts, cls.Settings)

    def check(self, task: Task, body: CombinedBody) -> None:
        """BadInputError unless each step has an answer; what it is their own kinds check."""
        check_steps(task, body, self.content_of(task))

    def validate(self, task: Task, body: object) -> dict[str, Any]:
        """The body as it is stored, that of each step as its kind has it."""
        clean = super().validate(task, body)
        for step in self.steps(task):
            try:
                clean["parts"][step.name] = step.kind.validate(step.task, clean["parts"][step.name])
            except BadInputError as error:
                at = f"parts.{step.name}"
                errors = {f"{at}.{name}": text for name, text in error.errors.items()}
                raise BadInputError(error.message, errors=errors) from error
        return clean

    def content_of(self, task: Task) -> dict[str, Any]:
        """The settings of a task as they are stored."""
        if task.settings is None:
            content: dict[str, Any] = self.read_settings(None).model_dump(mode="json")
            return content
        return dict(task.settings.content)

    def steps(self, task: Task) -> list[Step]:
        """The steps of a task, in their order."""
        return steps(self.parts, self.content_of(task), task)

    def steps_of(self, annotation: Annotation) -> list[tuple[AnnotationKind, Annotation]]:
        """Each step's kind, and the answer as one of that kind."""
        return steps_of(self.steps(annotation.task), annotation)

    def forms(self, task: Task) -> list[AnnotationKind]:
        """Those of the steps, before the page's own."""
        return [*(step.kind for step in self.steps(task)), self]

    def context(self, assignment: Assignment) -> dict[str, Any]:
        """The forms of the steps."""
        content = self.content_of(assignment.task)
        return showing.context(assignment, self.steps(assignment.task), content)

    def summary(self, annotation: Annotation) -> str:
        """What the kind of each step says, as in "Rating: A 6 · B 2 | Ranking: A > B"."""
        return showing.summary(self.steps_of(annotation))

    def answer_context(self, annotation: Annotation) -> dict[str, Any] | None:
        """What the kind of each step shows, where one of them shows anything."""
        return showing.answer_context(self.steps_of(annotation))

    def shown(self, annotation: Annotation) -> list[tuple[str, str]]:
        """The texts by the letters of the first step, which are those of all."""
        kind, answer = self.steps_of(annotation)[0]
        return kind.shown(answer)

    def written(self, annotation: Annotation) -> Wrote | None:
        """The text that was written in a step, as a part of the answer."""
        return showing.written(self.steps_of(annotation))

    def compare(self, one: Annotation, other: Annotation) -> Sums:
        """What each step says, and all of them together."""
        learned = self.content_of(one.task)["learned"]
        return comparing.compare(self.steps_of(one), self.steps_of(other), learned)

    def pattern(self, annotation: Annotation) -> tuple[int, ...]:
        """The ranks that are learned from; else those of the last step that has any."""
        learned = self.content_of(annotation.task)["learned"]
        found = {kind.name: kind.pattern(answer) for kind, answer in self.steps_of(annotation)}
        return found.get(learned) or next(filter(None, reversed(found.values())), ())

    def presorted(self, body: dict[str, Any]) -> bool:
        """Whether a step began in the order of an earlier one."""
        return bool(body.get("presorted"))

    def marked(self, annotation: Annotation) -> list[str]:
        """Those that any step sets."""
        said = {name for kind, answer in self.steps_of(annotation) for name in kind.marked(answer)}
        return [name for name in self.marks if name in said]

    def moved(self, said: Any, to: Number) -> Any:
        """That of each step as its kind has it."""
        found = super().moved(said, to)
        if not isinstance(found, dict) or not isinstance(parts := found.get("parts"), dict):
            return found
        moved = {
            name: self.parts[name].moved(part, to) if name in self.parts else part
            for name, part in parts.items()
        }
        return {**found, "parts": moved}

    def by_ids(self, body: dict[str, Any], ids: dict[str, list[int]]) -> dict[str, Any]:
        """Each step by ids, as its kind reads it."""
        given = body.get("parts")
        if not isinstance(given, dict):
            return body
        read = {
            name: self.parts[name].by_ids(part, ids)
            if name in self.parts and isinstance(part, dict)
            else part
            for name, part in given.items()
        }
        return {**body, "parts": read}

    def is_worth_asking(self, completions: Sequence[Completion]) -> bool:
        """Whether each kind that may be a step would ask it."""
        return all(part.is_worth_asking(completions) for part in self.parts.values())

    def training_rows(self, annotation: Annotation) -> Rows:
        """What the steps teach; one of them alone gives the order of the texts."""
        learned = self.content_of(annotation.task)["learned"]
        return rows.training_rows(self.steps_of(annotation), learned)

    def teaching(
        self, annotations: AnnotationQuerySet, paths: Paths = WHOLE
    ) -> dict[str, AnnotationQuerySet]:
        """Those of which a step teaches something, with the comparisons of all steps."""
        return rows.teaching(self.parts, self.tables, annotations, paths)

    def edited(self, annotations: AnnotationQuerySet, paths: Paths = WHOLE) -> AnnotationQuerySet:
        """Those of which a step has a completion, edited."""
        return rows.edited(self.parts, annotations, paths)

    def simulate(self, task: Task, annotator: Simulated) -> dict[str, Any] | None:
        """Each step as its kind does; nothing is sorted for those who see nothing."""
        given = {step.name: step.kind.simulate(step.task, annotator) for step in self.steps(task)}
        return None if None in given.values() else {"parts": given, "presorted": {}}


class Combined(Stepped, parts=found()):
    """The page of InstructGPT's labelers, unless a project sets another: rate, then rank."""

    name = "combined"
    label = _("Combined")
    plural = _("Combined answers")
    instruction = _("Judge the texts step by step")
    help = _("Several kinds on one page: each text is rated and flagged, then all are ranked.")
    example = (
        '{"kind": "combined", "prompt": "How long do I boil an egg?", "completions": ["Six'
        ' minutes.", "An hour."], "answer": {"parts": {"rating": {"ratings": [{"completion": "Six'
        ' minutes.", "scales": {"overall": 6}, "flags": []}, {"completion": "An hour.", "scales":'
        ' {"overall": 1}, "flags": ["fails_instruction"]}]}, "ranking": {"tiers": [["Six'
        ' minutes."], ["An hour."]], "unacceptable": []}}}}'
    )


KIND = Combined()
