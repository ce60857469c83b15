"""Projects, their guidelines and their members."""

import uuid
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.names import name_key
from labeling import licences
from labeling.queries import ProjectQuerySet
from registry.models import Family

if TYPE_CHECKING:
    from labeling.kinds.base import AnnotationKind


class Role(models.TextChoices):
    """What a person may do in a project; a later one may all that an earlier one may."""

    ANNOTATOR = "annotator", _("Annotator")
    REVIEWER = "reviewer", _("Reviewer")
    MANAGER = "manager", _("Manager")


class Period(models.TextChoices):
    """How long a goal is for."""

    DAY = "day", _("A day")
    WEEK = "week", _("A week")


class Skipping(models.TextChoices):
    """How people may leave a task to others. What they are warned of they may always decline."""

    FREE = "free", _("With a reason")
    NOTED = "noted", _("With a reason and a note")
    NEVER = "never", _("Not at all")


MOST_ANSWERS = 10_000  # that a goal may ask for


class Project(models.Model):
    """One body of prompts, people, labels and models."""

    slug = models.SlugField(max_length=64, unique=True, validators=[RegexValidator(r"^[a-z0-9]")])
    name = models.CharField(_("name"), max_length=120)
    # Equal for names that look alike, so that no two such projects are made at once.
    name_key = models.TextField(unique=True, editable=False)
    description = models.TextField(_("description"), blank=True, default="")
    guidelines = models.TextField(_("guidelines"), blank=True, default="")
    guideline_version = models.PositiveIntegerField(default=1)
    # A rehearsal's labels come from simulated annotators and are never mixed with people's.
    is_simulated = models.BooleanField(default=False)
    overlap = models.PositiveSmallIntegerField(
        _("answers per task"), default=1, validators=[MinValueValidator(1), MaxValueValidator(20)]
    )
    # Kind -> how many completions a task of it shows, where the manager chose another number.
    completions = models.JSONField(blank=True, default=dict)
    lease_minutes = models.PositiveSmallIntegerField(
        _("minutes a task is reserved"), default=45, validators=[MinValueValidator(1)]
    )
    # So many answers are proposed to each annotator; 0: no goal.
    goal = models.PositiveIntegerField(
        _("goal of each annotator"), default=0, validators=[MaxValueValidator(MOST_ANSWERS)]
    )
    goal_period = models.CharField(
        _("the goal is for"), max_length=4, choices=Period, default=Period.DAY
    )
    skipping = models.CharField(
        _("skipping a task"), max_length=5, choices=Skipping, default="free", db_default="free"
    )
    # Those that are offered; empty: all.
    skip_reasons = ArrayField(
        models.CharField(max_length=20), default=list, blank=True, db_default=[]
    )
    hides_concerns = models.BooleanField(
        _("offer no concerns beside an answer"), default=False, db_default=False
    )
    redacts_personal = models.BooleanField(
        _("take personal data out of what is imported"), default=False, db_default=False
    )
    # Prompts of one user, as files name them, that are taken in; 0: all.
    prompts_per_user = models.PositiveIntegerField(
        _("prompts of one user"), default=0, db_default=0
    )
    # An SPDX identifier, or another name; empty: nobody has said.
    licence = models.CharField(max_length=licences.LONGEST, blank=True, default="", db_default="")
    # Training has begun on the labels of this round and of those before: they are corrected by
    # reviewers only.
    frozen_round = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    # Hidden from lists and annotators, and read-only, until it is restored or deleted.
    archived_at = models.DateTimeField(null=True, editable=False)
    deletion_asked_at = models.DateTimeField(null=True, editable=False)  # nobody enters it any more
    # What pseudonyms of people follow from (labeling.pseudonyms); it never leaves.
    pseudonym_key = models.UUIDField(default=uuid.uuid4, db_default=RandomUUID(), editable=False)
    family = models.OneToOneField(Family, models.PROTECT, related_name="project")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ProjectQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store it; the key follows the name."""
        self.name_key = name_key(self.name)
        super().save(*args, **kwargs)

    def completions_of(self, kind: "AnnotationKind") -> int:
        """How many completions a task of `kind` shows."""
        return int(self.completions.get(kind.name, kind.completions.usual))


class GuidelineVersion(models.Model):
    """A text of a project's guidelines as it once was; annotations name its number."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="guideline_versions")
    number = models.PositiveIntegerField()
    text = models.TextField(blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "number"], name="labeling_guideline_version_once"
            ),
        ]

    def __str__(self) -> str:
        return f"guidelines v{self.number} of {self.project_id}"


class Membership(models.Model):
    """A person's role in a project."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role, default=Role.ANNOTATOR)
    guidelines_read = models.PositiveIntegerField(default=0)  # the newest version they opened
    # The kinds of tasks and the languages that they are given; empty: all.
    kinds = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    languages = ArrayField(models.CharField(max_length=10), default=list, blank=True)
    # What they have chosen among that themselves; empty: all of it.
    chosen_kinds = ArrayField(
        models.CharField(max_length=20), default=list, blank=True, db_default=[]
    )
    chosen_languages = ArrayField(
        models.CharField(max_length=10), default=list, blank=True, db_default=[]
    )
    # They are given no prompt with a content warning: their own choice.
    avoids_warned = models.BooleanField(default=False, db_default=False)
    # Their own goal; None: the project's, 0: none.
    goal = models.PositiveIntegerField(null=True, validators=[MaxValueValidator(MOST_ANSWERS)])
    goal_period = models.CharField(max_length=4, choices=Period, default=Period.DAY)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "user"], name="labeling_one_membership"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} is {self.role} of {self.project_id}"
