"""What of a project moves: its tables, and where ids stand in them beside the foreign keys.

Every table that belongs to a project is in TABLES or in LEFT, and every column that could hold ids
without being a foreign key has its places here or is in PLAIN: tests/backups/moving/test_tables.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model, Q

from accounts.models import User
from jobs.models import Job, JobEvent
from labeling import models as labeling
from quality.models import AgreementBound
from registry.models import Alias, AliasChange, ModelVersion
from rounds import models as rounds

Places = tuple[tuple[str, type[Model]], ...]


@dataclass(frozen=True, kw_only=True)
class Table:
    """One table of a project.

    of: the lookups that lead to the project, through any of which a row may belong to it. only:
    those rows alone. refers: column -> (place, whose ids stand there). left: columns that stay
    behind, which begin anew. is_link: of a many-to-many field, whose own ids nobody knows.
    """

    model: type[Model]
    of: tuple[str, ...] = ("project",)
    only: Q = field(default_factory=Q)
    refers: Mapping[str, Places] = field(default_factory=dict)
    left: frozenset[str] = frozenset()
    is_link: bool = False

    @property
    def name(self) -> str:
        """As in "labeling.prompt"."""
        return self.model._meta.label_lower

    @property
    def columns(self) -> list[Any]:
        """The fields that move."""
        fields = self.model._meta.concrete_fields
        return [
            each
            for each in fields
            if each.name not in self.left and not (self.is_link and each.primary_key)
        ]


ORDER: Places = (("*", labeling.Completion),)
AWAITED: Places = (("*.@", labeling.Prompt),)
ASKED: Places = (("prompts.*.0", labeling.Prompt),)
RESULT: Places = (("dropped.*.*", labeling.Prompt), ("models.@", ModelVersion))
SAMPLES: Places = (("samples.*.prompt_id", labeling.Prompt), ("samples.*.model", ModelVersion))
PREAMBLE: Places = (("preamble", labeling.Preamble),)
LEASE = frozenset({"lease_owner", "lease_until", "declined", "cancel_requested_at"})
BODIES = {"labeling.annotation": "body", "labeling.assignment": "draft"}  # as their kind says
RUN = "round__project"

TABLES: tuple[Table, ...] = (
    Table(
        model=labeling.Project, of=("pk",), left=frozenset({"pseudonym_key", "deletion_asked_at"})
    ),
    Table(model=labeling.GuidelineVersion),
    Table(model=labeling.CheckSettings),
    Table(model=labeling.ReviewSettings, refers={"drawn_to": (("", labeling.Annotation),)}),
    Table(model=labeling.KindSettings),
    Table(model=labeling.Preamble),
    Table(
        model=labeling.Import,
        only=Q(job=None) | Q(outcome__is_stored=True),
        left=frozenset({"job"}),
    ),
    Table(model=labeling.Prompt),
    Table(model=labeling.PromptOriginal, of=("prompt__project",)),
    Table(model=labeling.WantedPrompts),
    Table(model=labeling.Proposal),
    Table(model=labeling.Completion, of=("prompt__project",)),
    Table(model=labeling.Task, refers={"authors": (("*", User),)}),
    Table(model=labeling.Task.completions.through, of=("task__project",), is_link=True),
    Table(model=labeling.Assignment, of=("task__project",), refers={"shown_order": ORDER}),
    Table(model=labeling.Annotation, refers={"shown_order": ORDER}),
    Table(model=labeling.Review, of=("annotation__project",)),
    Table(model=labeling.Gold),
    Table(model=labeling.CheckScore),
    Table(model=labeling.SolutionShown, of=("annotation__project",)),
    Table(model=labeling.Screening),
    Table(model=labeling.Exchange, of=("assignment__task__project",)),
    Table(model=labeling.Marked),
    Table(model=labeling.ImportedLabel),
    Table(model=labeling.ReviewItem),
    Table(model=AgreementBound),
    Table(
        model=Job,
        of=(f"run__{RUN}",),
        refers={"payload": ASKED, "result": RESULT},
        left=LEASE,
    ),
    Table(model=JobEvent, of=(f"job__run__{RUN}",), refers={"data": SAMPLES}),
    Table(model=ModelVersion, of=("family__project",)),
    Table(model=Alias, of=("family__project",)),
    Table(model=AliasChange, of=("family__project",)),
    Table(model=rounds.Corpus),
    Table(model=rounds.FrozenExport, only=~Q(sha256=""), left=frozenset({"job"})),
    Table(
        model=rounds.Round,
        refers={"plan": (("base", ModelVersion),), "pending": AWAITED, "candidates": AWAITED},
    ),
    Table(model=rounds.Snapshot),
    Table(model=rounds.Snapshot.annotations.through, of=("snapshot__project",), is_link=True),
    Table(model=rounds.Run, of=(RUN,), refers={"recipe": PREAMBLE}),
    Table(model=rounds.LearningCurve, of=(f"run__{RUN}",)),
    Table(
        model=rounds.Evaluation,
        of=(f"run__{RUN}",),
        refers={"metrics": (*RESULT, ("against.version", ModelVersion))},
    ),
    Table(model=rounds.EvaluationSample, of=(f"evaluation__run__{RUN}", f"run__{RUN}")),
    Table(model=rounds.Ballot),
    Table(model=rounds.Ballot.versions.through, of=("ballot__project",), is_link=True),
    Table(model=rounds.Question, of=("ballot__project",)),
    Table(model=rounds.Awaited, of=("ballot__project",), refers={"sampling": PREAMBLE}),
    Table(model=rounds.Opinion, of=("question__ballot__project",)),
    Table(model=rounds.Reason, of=("change__family__project",)),
)
BY_NAME = {table.name: table for table in TABLES}

# What belongs to a project and does not move, and why.
LEFT = {
    "labeling.membership": "who may do what is for the other server to say",
    "labeling.promptupload": "a file that is not stored yet",
    "labeling.uploadpart": "a part of such a file",
    "labeling.goldupload": "as above",
    "labeling.pseudonym": "made anew, with the same names",
    "labeling.flagged": "a figure: computed anew",
    "rounds.verdict": "as above",
    "rounds.compared": "as above",
    "quality.projectfigures": "as above",
    "quality.taskagreement": "as above",
    "quality.personfigures": "as above",
    "quality.reliability": "as above",
    "webhooks.endpoint": "addresses and secrets of one server",
    "webhooks.event": "as above",
    "webhooks.delivery": "as above",
    "webhooks.attempt": "as above",
}
# Columns of JSON, arrays and numbers in which no id of a row stands.
PLAIN = {
    "labeling.project": {"completions", "skip_reasons"},
    "labeling.kindsettings": {"content"},
    "labeling.preamble": {"messages"},
    "labeling.import": {"health", "outcome"},
    "labeling.prompt": {"messages", "metadata", "rubric"},
    "labeling.promptoriginal": {"messages", "metadata"},
    "labeling.proposal": {"draft", "body", "messages"},
    "labeling.completion": {"sampling", "seed"},
    "labeling.annotation": {"concerns"},
    "labeling.exchange": {"seeds", "replies", "choice"},
    "labeling.importedlabel": {"about"},
    "jobs.job": {"error_said", "declined"},
    "registry.modelversion": {"manifest", "metrics", "parameters"},
    "rounds.corpus": {"manifest", "characters"},
    "rounds.frozenexport": {"filters", "manifest", "size"},
    "rounds.snapshot": {"manifest", "counts", "filters", "moved"},  # `moved`: rounds.moved.further
    "rounds.learningcurve": {"points", "outlook"},
}
