"""What a kind of annotation says about itself."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from django.db.models import Value
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, ValidationError

from core.errors import BadInputError
from labeling.kinds import settings
from labeling.kinds.paths import WHOLE, Paths
from labeling.kinds.referring import Refers
from labeling.kinds.unfit import in_words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from django.utils.functional import _StrPromise

    from labeling.datasets import Exports
    from labeling.formats.base import Label
    from labeling.kinds.comparing import Figure, Sums
    from labeling.kinds.reading import Readers
    from labeling.kinds.simulation import Simulated
    from labeling.models import Annotation, Assignment, Completion, Task
    from labeling.queries import AnnotationQuerySet

Rows = dict[str, list[dict[str, Any]]]
MOST_ERRORS = 20  # of one body that are told


class Body(BaseModel):
    """The root of all bodies: exact types, no unknown keys."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


@dataclass(frozen=True, kw_only=True)
class Completions:
    """How many completions a task shows: none, a fixed number, or one that the manager chooses.

    usual: what is proposed. label, help: of that choice.
    """

    fewest: int = 0
    most: int = 0
    usual: int = 0
    label: "_StrPromise | str" = ""
    help: "_StrPromise | str" = ""

    @property
    def is_chosen(self) -> bool:
        """Whether the manager chooses the number."""
        return self.fewest < self.most

    @property
    def are_compared(self) -> bool:
        """Whether a task always shows several, of which one may be better."""
        return self.fewest > 1


@dataclass(frozen=True, kw_only=True)
class Wrote:
    """The text of an answer.

    original: the completion that it edits. whole: the answer is nothing else.
    """

    text: str
    original: str | None = None
    whole: bool = True


class AnnotationKind(Refers, ABC):
    """One kind, whole. What has no default here every kind must say.

    name: of its folder. label, plural: of one annotation and of several.
    instruction: the heading of its page. enter_submits: Enter alone submits: there is no text.
    help, proposed: of the field in which a round asks for it, and the number that stands there.
    edits: its demonstrations are a model's completions, edited: SFT may leave them out. Where some
        are, `edited` and the training rows say which.
    tables: of training/contract/tables.py, which its training rows go to.
    exports: the datasets that it gives rows to, with the function that makes those rows.
    reads: of these its own, with what reads their rows when they are imported.
    reads_rubric: its tasks are about the rubric of their prompt: only prompts with one are asked.
    judges: two texts, one of which is better or not: people judge models by it (rounds.verdict).
    combines: it may be one of several steps on one page: its answers are about any number of texts
        of `completions`, and its form stands beside others.
    is_live: the round's model replies while the page is open: each answer has texts of its own.
    agreement: the figures that `compare` gives sums for; the first says how much two answers agree.
    example: a line of a file of gold tasks.
    marks: what an answer may say of a text beside its rank, by name: lists are filtered by it.
    Settings: what managers set of it in a project, if they do; its defaults are the template.
    templates: what else they may begin from, by name: its words, and what makes it.
    """

    name: ClassVar[str]
    label: ClassVar["_StrPromise"]
    plural: ClassVar["_StrPromise"]
    instruction: ClassVar["_StrPromise"]
    help: ClassVar["_StrPromise"]
    proposed: ClassVar[int] = 0
    completions: ClassVar[Completions] = Completions()
    Body: ClassVar[type[Body]]
    enter_submits: ClassVar[bool] = False
    tables: ClassVar[tuple[str, ...]] = ()
    exports: ClassVar["Exports"] = {}
    reads: ClassVar["Readers"] = {}
    edits: ClassVar[bool] = False
    reads_rubric: ClassVar[bool] = False
    judges: ClassVar[bool] = False
    combines: ClassVar[bool] = False
    is_live: ClassVar[bool] = False
    agreement: ClassVar[tuple["Figure", ...]] = ()
    example: ClassVar[str] = ""
    marks: ClassVar["dict[str, _StrPromise]"] = {}
    Settings: ClassVar[type[settings.Settings] | None] = None
    templates: ClassVar["dict[str, tuple[_StrPromise, Callable[[], settings.Settings]]]"] = {}

    @abstractmethod
    def summary(self, annotation: "Annotation") -> str:
        """The answer in one line, for lists."""

    def said(self, annotation: "Annotation") -> str:
        """`summary`, or that the answer was erased at its annotator's wish."""
        return self.summary(annotation) if annotation.body else _("Erased")

    def listed(self, annotation: "Annotation") -> str:
        """`said`; only that there is a content warning where it would show what was written."""
        is_hidden = annotation.task.prompt.is_warned_of and self.wrote(annotation) is not None
        return _("Content warning") if is_hidden else self.said(annotation)

    def written(self, annotation: "Annotation") -> Wrote | None:
        """The text that the annotator wrote, if any."""
        return None

    def wrote(self, annotation: "Annotation") -> Wrote | None:
        """`written`; None where the answer was erased at its annotator's wish."""
        return self.written(annotation) if annotation.body else None

    def shown(self, annotation: "Annotation") -> "list[tuple[str, str]]":
        """What the annotator saw: each text after the name that `summary` gives it, if any."""
        texts = {completion.pk: completion.text for completion in annotation.task.completions.all()}
        return [("", texts[pk]) for pk in annotation.shown_order if pk in texts]

    def settings_of(self, task: "Task") -> Any:
        """What the project had set when `task` was opened: an instance of `Settings`."""
        return self.read_settings(task.settings.content if task.settings else None)

    def read_settings(self, content: object) -> Any:
        """`content` of one version as `Settings`; the built-in template where there is none.

        None for a kind without settings. pydantic's ValidationError where it is of another form.
        """
        if self.Settings is None:
            return None
        return self.Settings() if content is None else self.Settings.model_validate(content)

    def answer_context(self, annotation: "Annotation") -> dict[str, Any] | None:
        """What answer.html needs: the answer within the texts that it is about.

        None where `summary` and `shown` say it all; then there is no answer.html.
        """
        return None

    def answered(self, annotation: "Annotation") -> "SafeString":
        """The answer by answer.html; empty where there is none, or the answer was erased."""
        context = self.answer_context(annotation) if annotation.body else None
        if context is None:
            return SafeString("")
        context["prompt"] = annotation.task.prompt
        return render_to_string(f"{self.name}/answer.html", context)

    def check(self, task: "Task", body: Any) -> None:
        """BadInputError when a body of the right type does not fit its task."""

    def context(self, assignment: "Assignment") -> dict[str, Any]:
        """What form.html needs beside the assignment and its prompt."""
        return {}

    def complete(self, assignment: "Assignment", body: object) -> object:
        """A body as a page sent it with what only rows of the assignment know."""
        return body

    def is_worth_asking(self, completions: "Sequence[Completion]") -> bool:
        """Whether a task about these completions would say anything."""
        return True

    def training_rows(self, annotation: "Annotation") -> Rows:
        """Table -> what the annotation adds to it: only what no other kind could know.

        Prompt, annotator and the like are added for all kinds alike (rounds.snapshots).
        """
        return {}

    def teaching(
        self, annotations: "AnnotationQuerySet", paths: Paths = WHOLE
    ) -> "dict[str, AnnotationQuerySet]":
        """Table -> those of `annotations`, all of this kind, that teach it something.

        `pairs` on each is how many comparisons its row holds; pre-flight asks it of rankings.
        Says in SQL of many what `training_rows` says of one. paths: where what it reads lies.
        """
        return {table: annotations.annotate(pairs=Value(1)) for table in self.tables}

    def edited(
        self, annotations: "AnnotationQuerySet", paths: Paths = WHOLE
    ) -> "AnnotationQuerySet":
        """Those of `annotations`, all of this kind, whose demonstration is a completion, edited."""
        return annotations if self.edits else annotations.none()

    def compare(self, one: "Annotation", other: "Annotation") -> "Sums":
        """What two people's answers to one task add to the figures of `agreement`.

        Both come with their task and its completions; a figure that they say nothing of is left
        out.
        """
        return {}

    def pattern(self, annotation: "Annotation") -> tuple[int, ...]:
        """The rank of each text of `shown`, in its order, 0 the best; empty where none is ranked.

        Shows habits of places, straight lines, a preference for length, and who is reliable.
        """
        return ()

    def presorted(self, body: dict[str, Any]) -> bool:
        """Whether texts stood in the order of an earlier judgment, which draws people to it."""
        return False

    def marked(self, annotation: "Annotation") -> list[str]:
        """Those of `marks` that the answer sets."""
        return []

    def by_ids(self, body: dict[str, Any], ids: dict[str, list[int]]) -> dict[str, Any]:
        """An uploaded body, which names completions by their texts, as one that names their ids.

        ids: those of each text. BadInputError where the body names a text that is not there.
        """
        return body

    def imported(
        self, label: "Label", ids: "Sequence[int]", settings: Any
    ) -> dict[str, Any] | None:
        """The body of a label of a file whose texts have these `ids`; None for labels of others."""
        return None

    def simulate(self, task: "Task", annotator: "Simulated") -> dict[str, Any] | None:
        """The body that a simulated annotator gives; None when they skip the task."""
        return None

    def forms(self, task: "Task") -> "Sequence[AnnotationKind]":
        """The kinds whose scripts and style sheets the page of `task` takes, in this order."""
        return [self]

    @property
    def form(self) -> str:
        """The template of the form."""
        return f"{self.name}/form.html"

    @property
    def keys(self) -> str:
        """The template of the form's rows in the list of keys."""
        return f"{self.name}/keys.html"

    @property
    def script(self) -> str:
        """The form's module, as a static file."""
        return f"labeling/kinds/{self.name}/form.js"

    @property
    def style(self) -> str:
        """The form's style sheet, as a static file."""
        return f"labeling/kinds/{self.name}/form.css"

    def validate(self, task: "Task", body: object) -> dict[str, Any]:
        """The body as it is stored; BadInputError names each field that is wrong."""
        try:
            parsed = self.Body.model_validate(body)
        except ValidationError as error:
            errors = {
                ".".join(str(part) for part in line["loc"]) or "body": in_words(line)
                for line in error.errors(include_url=False)[:MOST_ERRORS]
            }
            raise BadInputError(
                _("The answer does not have the form of this task."), errors=errors
            ) from error
        self.check(task, parsed)
        return parsed.model_dump(mode="json")


def unfit(field: str, message: str) -> BadInputError:
    """For `check`: what is wrong with one field of the body."""
    return BadInputError(
        _("The answer does not have the form of this task."), errors={field: message}
    )
