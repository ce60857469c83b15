"""Tasks, and who works on them."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from labeling.given import Message, given, put_before
from labeling.kinds import choices as kind_choices
from labeling.models.kind_settings import KindSettings
from labeling.models.preambles import Preamble
from labeling.models.projects import Project
from labeling.models.prompts import Completion, Prompt
from labeling.queries import LIVE, AssignmentQuerySet, TaskQuerySet
from labeling.turns import Turn, turns

LONGEST_DAY = 86_400  # active seconds that one answer may claim
LAST_TURN = 2**31 - 1


class Purpose(models.TextChoices):
    """What an answer is for."""

    LABEL = "label", _("Label")
    DECISION = "decision", _("Decision")  # a reviewer's, which counts as the task's answer
    VERDICT = "verdict", _("Verdict")  # a vote on models: never trained on, in no round
    GOLD = "gold", _("Gold check")  # the right answer is known
    REPEAT = "repeat", _("Repeat")  # the annotator has answered it before
    # Came with a file: trained on like a label, and in no figure about people (0080).
    IMPORTED = "imported", _("Imported")


class SkipReason(models.TextChoices):
    """Why somebody leaves a task to others. What is stored is the name, or `name: note`."""

    BAD_PROMPT = "bad_prompt", _("The prompt makes no sense")
    WRONG_LANGUAGE = "wrong_language", _("Not in a language that I know well")
    NEEDS_EXPERT = "needs_expert", _("It needs an expert")
    UNSAFE = "unsafe", _("Unsafe or disturbing content")
    PERSONAL_DATA = "personal_data", _("Someone's personal data")
    OTHER = "other", _("Something else")
    DECLINED = "declined", _("Did not want to see it")  # after a content warning: held against none


# They measure people: in no slot, looking like any other task, and never counted as labels.
CHECKS = {Purpose.GOLD, Purpose.REPEAT}


class Task(models.Model):
    """One question to the annotators, answered `overlap` times by different people."""

    URGENT = 10_000  # more than the numbers of rounds, which are the usual priorities

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        DONE = "done", _("Done")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    project = models.ForeignKey(Project, models.CASCADE, related_name="tasks")
    kind = models.CharField(max_length=20, choices=kind_choices)
    prompt = models.ForeignKey(Prompt, models.CASCADE, related_name="tasks")
    completions = models.ManyToManyField(Completion, related_name="tasks", blank=True)
    # The version of its kind's settings that it is asked under; None where the kind has none.
    settings = models.ForeignKey(
        KindSettings, models.RESTRICT, null=True, related_name="+", db_index=False
    )
    # What was put before the prompt when its completions were written; None: nothing.
    preamble = models.ForeignKey(
        Preamble, models.RESTRICT, null=True, related_name="+", db_index=False
    )
    # Those who wrote a text among its completions: they are not asked.
    authors = ArrayField(models.BigIntegerField(), default=list, blank=True, db_default=[])
    # LABEL, VERDICT or IMPORTED: what the answers to it are for, a reviewer's decision aside.
    purpose = models.CharField(
        max_length=10, choices=Purpose, default=Purpose.LABEL, db_default=Purpose.LABEL
    )
    # Picked where the reward models differ, not drawn at random: figures leave it out (0036).
    is_chosen = models.BooleanField(default=False, db_default=False)
    # The prompt's, once more: the queue counts by it and reads one index.
    language = models.CharField(max_length=10, default="", db_default="", blank=True)
    round_number = models.PositiveIntegerField(default=1)  # 0: asked by no round
    overlap = models.PositiveSmallIntegerField(default=1, validators=[MinValueValidator(1)])
    priority = models.SmallIntegerField(default=0)
    # Among tasks of one priority the lower goes out first; labeling.tasks mixes the kinds by it.
    turn = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    # Slots that no live assignment holds; kept by labeling.slots alone.
    free_slots = models.SmallIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = TaskQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="labeling_task_slots",
                condition=models.Q(free_slots__gte=0, free_slots__lte=models.F("overlap")),
            ),
        ]
        indexes = [
            # Claiming reads this one only, so its cost does not grow with the done tasks.
            models.Index(
                "project",
                models.F("priority").desc(),
                "turn",
                "id",
                name="labeling_task_claimable",
                condition=models.Q(state="open", free_slots__gt=0),
            ),
            # The same for who stays with one kind.
            models.Index(
                "project",
                "kind",
                models.F("priority").desc(),
                "turn",
                "id",
                name="labeling_task_claimable_kind",
                condition=models.Q(state="open", free_slots__gt=0),
            ),
            # The queue counts by this one, and lists by the other.
            models.Index(
                fields=["project", "round_number", "kind", "language", "state"],
                include=["free_slots", "id"],
                name="labeling_task_counts",
            ),
            models.Index(fields=["project", "state", "-id"], name="labeling_task_pages"),
            models.Index(
                fields=["project", "state", "-id"],
                include=["round_number", "kind", "language"],
                name="labeling_task_chosen",
                condition=models.Q(is_chosen=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} task {self.pk}"

    @property
    def urgency(self) -> str:
        """When it is asked: now, normal (in turn) or later; a name of labeling.queue.steering."""
        if self.priority > self.round_number + self.URGENT // 2:
            return "now"
        return "later" if self.priority < self.round_number - self.URGENT // 2 else "normal"

    @property
    def turns(self) -> list[Turn]:
        """What the writer of its completions was given, and its annotators are to answer."""
        preamble = self.preamble.messages if self.preamble else []
        return turns(given(preamble, self.prompt.given_messages))

    @property
    def put_before(self) -> list[Message]:
        """What of that is the project's, and no part of the prompt."""
        return put_before(self.preamble.messages if self.preamble else [], self.prompt.messages)

    @cached_property
    def completion_ids(self) -> list[int]:
        """The ids of its completions, oldest first. They never change."""
        return list(self.completions.order_by("pk").values_list("pk", flat=True))

    @cached_property
    def twins(self) -> list[int]:
        """For each of `completion_ids` the oldest completion of the task with the same text."""
        oldest: dict[str, int] = {}
        rows = self.completions.order_by("pk").values_list("text", "pk")
        return [oldest.setdefault(text, pk) for text, pk in rows]

    @cached_property
    def texts(self) -> dict[int, str]:
        """The text of each of `completion_ids`, for answers that point into it."""
        return dict(self.completions.order_by("pk").values_list("pk", "text"))


class Assignment(models.Model):
    """A slot of a task, reserved for one annotator under a lease, with the draft."""

    class State(models.TextChoices):
        ACTIVE = "active", _("In progress")
        SUBMITTED = "submitted", _("Submitted")
        SURPLUS = "surplus", _("Submitted late, kept as an extra answer")
        SKIPPED = "skipped", _("Skipped")
        EXPIRED = "expired", _("Expired")
        REVISING = "revising", _("Being corrected")  # submitted, and with the annotator again
        VOID = "void", _("Excluded or taken back")

    # The states in which an answer may be written.
    OPEN = State.ACTIVE, State.EXPIRED, State.REVISING

    # Without an index of their own: those below begin with them, and each costs at every write.
    task = models.ForeignKey(Task, models.CASCADE, related_name="assignments", db_index=False)
    slot = models.PositiveSmallIntegerField()  # 0: a decision or a check, which need none
    purpose = models.CharField(
        max_length=10, choices=Purpose, default=Purpose.LABEL, db_default=Purpose.LABEL
    )
    annotator = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="assignments", db_index=False
    )
    state = models.CharField(max_length=10, choices=State, default=State.ACTIVE)
    lease_until = models.DateTimeField()  # of a skipped one: when it was skipped
    # The page sends it with the answer: sent twice, stored once, from every tab.
    client_key = models.UUIDField(default=uuid.uuid4)
    shown_order = models.JSONField(default=list)  # completion ids as this annotator sees them
    draft = models.JSONField(null=True)
    draft_version = models.PositiveIntegerField(default=0)
    active_seconds = models.PositiveIntegerField(default=0)
    skip_reason = models.CharField(max_length=200, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["task", "slot"],
                name="labeling_slot_once",
                condition=models.Q(state__in=LIVE, slot__gt=0),
            ),
            models.UniqueConstraint(
                fields=["task", "annotator", "purpose"], name="labeling_annotator_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["lease_until"],
                name="labeling_active_leases",
                condition=models.Q(state="active"),
            ),
            models.Index(fields=["annotator", "state"], name="labeling_own_assignments"),
        ]

    def __str__(self) -> str:
        return f"assignment {self.pk}"
