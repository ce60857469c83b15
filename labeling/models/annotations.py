"""Annotations, and what reviewers did about them."""

import uuid
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from labeling.kinds import choices as kind_choices
from labeling.models.projects import Project
from labeling.models.prompts import Split
from labeling.models.tasks import CHECKS, Assignment, Purpose, Task
from labeling.queries import AnnotationQuerySet, ReviewQuerySet

# The standings of the one answer that a person has to a task; others may lie beside it.
PRESENT = ["counts", "sent_back", "excluded", "overruled"]


class Concern(models.TextChoices):
    """What an annotator says of a task beside the answer: it goes with it, not instead of it."""

    UNSAFE = "unsafe", _("Unsafe or disturbing content")
    PERSONAL_DATA = "personal_data", _("Someone's personal data")
    WRONG_LANGUAGE = "wrong_language", _("In the wrong language")
    NEEDS_EXPERT = "needs_expert", _("It needs an expert")
    BROKEN = "broken", _("Broken: cut off, garbled or empty")


class Annotation(models.Model):
    """One judgment, kept forever as it was given; only its standing changes."""

    class Standing(models.TextChoices):
        COUNTS = "counts", _("Counts")
        SURPLUS = "surplus", _("Extra")  # came when the task had all its answers
        SENT_BACK = "sent_back", _("Sent back")  # counts again once it is corrected
        SUPERSEDED = "superseded", _("Corrected")  # another answer took its place
        TAKEN_BACK = "taken_back", _("Taken back")
        EXCLUDED = "excluded", _("Excluded")
        OVERRULED = "overruled", _("Overruled")  # a reviewer's decision counts instead
        ERASED = "erased", _("Erased")  # at its annotator's wish: there is no body any more
        CHECK = "check", _("Check")  # to a gold or a repeated task: measures, never trains

    # The task's, once more: a project's answers are found in their order by one index.
    project = models.ForeignKey(Project, models.CASCADE, related_name="annotations", db_index=False)
    task = models.ForeignKey(Task, models.PROTECT, related_name="annotations")
    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="annotations")
    annotator = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="annotations", db_index=False
    )
    kind = models.CharField(max_length=20, choices=kind_choices)
    # The task's and its prompt's: lists are filtered by indexes.
    round_number = models.PositiveIntegerField(default=0, db_default=0)
    language = models.CharField(max_length=10, default="", db_default="")
    split = models.CharField(max_length=10, choices=Split, default="", db_default="")
    is_chosen = models.BooleanField(default=False, db_default=False)
    body = models.JSONField()
    # Beside the body, for all kinds alike: labeling.concerns.
    concerns = ArrayField(
        models.CharField(max_length=20, choices=Concern), default=list, db_default=[]
    )
    comment = models.TextField(default="", db_default="")
    shown_order = models.JSONField(default=list)
    guideline_version = models.PositiveIntegerField()
    client_key = models.UUIDField(default=uuid.uuid4)
    active_seconds = models.PositiveIntegerField(default=0)
    is_simulated = models.BooleanField(default=False)
    purpose = models.CharField(
        max_length=10, choices=Purpose, default=Purpose.LABEL, db_default=Purpose.LABEL
    )
    # Snapshots, exports and progress take those that count; written by labeling.submitting,
    # labeling.revising, labeling.reviewing and labeling.deciding alone.
    standing = models.CharField(
        max_length=10, choices=Standing, default=Standing.COUNTS, db_default=Standing.COUNTS
    )
    # The answer that this one corrects.
    revises = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = AnnotationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["annotator", "client_key"], name="labeling_client_key_once"
            ),
            models.UniqueConstraint(
                fields=["task", "annotator", "purpose"],
                name="labeling_one_answer_each",
                condition=models.Q(standing__in=PRESENT),
            ),
            models.UniqueConstraint(
                fields=["task"],
                name="labeling_one_decision",
                condition=models.Q(purpose="decision", standing="counts"),
            ),
            # Most correct nothing, and are in no index for it.
            models.UniqueConstraint(
                fields=["revises"],
                name="labeling_corrected_once",
                condition=models.Q(revises__isnull=False),
            ),
        ]
        indexes = [
            # Somebody's answers, and who has answered at all.
            models.Index(fields=["project", "annotator", "-id"], name="labeling_persons_answers"),
            models.Index(fields=["project", "id"], name="labeling_project_answers"),
            # Those given under one version of the guidelines.
            models.Index(
                fields=["project", "guideline_version", "-id"], name="labeling_guided_answers"
            ),
            # What labeling.answer_filter asks for, newest first, however rare it is.
            # With `standing` a list of ids is read from the index alone. Else, as those of a round
            # stand together, all that came after it were read on the way to it.
            models.Index(
                fields=["project", "round_number", "id"],
                name="labeling_by_round",
                include=["standing"],
            ),
            models.Index(
                fields=["project", "language", "id"],
                name="labeling_by_language",
                include=["standing"],
            ),
            models.Index(
                fields=["project", "kind", "id"], name="labeling_by_kind", include=["standing"]
            ),
            models.Index(fields=["project", "active_seconds"], name="labeling_by_seconds"),
            models.Index(
                fields=["project", "standing", "id"],
                name="labeling_by_standing",
                condition=~models.Q(standing="counts"),
            ),
            models.Index(
                fields=["project", "id"],
                name="labeling_heldout_answers",
                condition=models.Q(split="heldout"),
            ),
            models.Index(
                fields=["project", "id"],
                name="labeling_chosen_answers",
                condition=models.Q(is_chosen=True),
            ),
            # Those with a concern, whichever.
            models.Index(
                fields=["project", "id"],
                name="labeling_concerned_answers",
                condition=~models.Q(concerns=[]),
            ),
            # How many answers each person gave lately.
            models.Index(
                fields=["project", "created_at"],
                include=["annotator", "standing", "id"],
                name="labeling_recent_answers",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} annotation {self.pk}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store it, with what is its task's; labeling.submitting has a statement of its own."""
        if self._state.adding:
            self.round_number = self.task.round_number
            self.is_chosen = self.task.is_chosen
            self.language, self.split = self.task.prompt.language, self.task.prompt.split
        super().save(*args, **kwargs)

    @property
    def concerns_in_words(self) -> list[str]:
        """The concerns that go with it, for people."""
        return [str(Concern(name).label) for name in self.concerns]

    @property
    def is_frozen(self) -> bool:
        """Whether training has begun on it, so that its annotator may change it no more."""
        project = self.task.project
        number = self.task.round_number
        if self.purpose in CHECKS:  # like what is asked now, or it would show what it is
            newest = project.tasks.aggregate(newest=models.Max("round_number"))["newest"]
            number = max(number, newest or 0)
        return 0 < number <= project.frozen_round


class Review(models.Model):
    """What someone said of an answer, or did about it. Never changed, never deleted."""

    class Verb(models.TextChoices):
        COMMENTED = "commented", _("commented")
        SENT_BACK = "sent_back", _("sent it back")
        EXCLUDED = "excluded", _("excluded it")
        INCLUDED = "included", _("let it count again")
        DECIDED = "decided", _("decided the task by it")
        TAKEN_BACK = "taken_back", _("took it back")
        APPROVED = "approved", _("found it right")

    annotation = models.ForeignKey(Annotation, models.CASCADE, related_name="reviews")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    verb = models.CharField(max_length=10, choices=Verb)
    text = models.TextField(blank=True, default="")
    # When the answer's annotator saw it; their own need no seeing.
    seen_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ReviewQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.verb} on annotation {self.annotation_id}"
