"""Projects, prompts, completions, tasks, assignments and annotations."""

import uuid

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.hashing import canonical_sha256
from labeling.kinds import choices as kind_choices
from labeling.queries import (
    AnnotationQuerySet,
    AssignmentQuerySet,
    CompletionQuerySet,
    ProjectQuerySet,
    PromptQuerySet,
    TaskQuerySet,
)
from registry.models import Family, ModelVersion

LONGEST_DAY = 86_400  # active seconds that one answer may claim


class Role(models.TextChoices):
    """What a person may do in a project; a later one may all that an earlier one may."""

    ANNOTATOR = "annotator", _("Annotator")
    REVIEWER = "reviewer", _("Reviewer")
    MANAGER = "manager", _("Manager")


class Kind(models.TextChoices):
    """Names of the built-in kinds, for code that means one of them.

    Which kinds there are is decided by the folders labeling/kinds/<kind>/, not here.
    """

    DEMONSTRATION = "demonstration", _("Demonstration")
    RANKING = "ranking", _("Ranking")
    CORRECTION = "correction", _("Correction")


class Split(models.TextChoices):
    """Prompts of the held-out split are labeled and evaluated on, never trained on."""

    TRAIN = "train", _("Training")
    HELDOUT = "heldout", _("Held-out")


class Project(models.Model):
    """One body of prompts, people, labels and models."""

    slug = models.SlugField(max_length=64, unique=True, validators=[RegexValidator(r"^[a-z0-9]")])
    name = models.CharField(_("name"), max_length=120)
    description = models.TextField(_("description"), blank=True, default="")
    guidelines = models.TextField(_("guidelines"), blank=True, default="")
    guideline_version = models.PositiveIntegerField(default=1)
    # A rehearsal's labels come from simulated annotators and are never mixed with people's.
    is_simulated = models.BooleanField(default=False)
    overlap = models.PositiveSmallIntegerField(
        _("answers per task"), default=1, validators=[MinValueValidator(1), MaxValueValidator(20)]
    )
    completions_per_ranking = models.PositiveSmallIntegerField(
        _("completions per ranking"),
        default=4,
        validators=[MinValueValidator(2), MaxValueValidator(9)],
    )
    lease_minutes = models.PositiveSmallIntegerField(
        _("minutes a task is reserved"), default=45, validators=[MinValueValidator(1)]
    )
    family = models.OneToOneField(Family, models.PROTECT, related_name="project")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ProjectQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name


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
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "user"], name="labeling_one_membership"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} is {self.role} of {self.project_id}"


class Prompt(models.Model):
    """What a model is asked: chat messages, the last one the user's."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="prompts")
    messages = models.JSONField()  # [{"role": "user", "content": "…"}, …]
    sha256 = models.CharField(max_length=64)  # of the normalised messages
    source = models.CharField(max_length=200, blank=True, default="")
    language = models.CharField(max_length=10, default="en")
    use_case = models.CharField(max_length=40, blank=True, default="")
    split = models.CharField(max_length=10, choices=Split, default=Split.TRAIN)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PromptQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "sha256"], name="labeling_prompt_once"),
        ]
        indexes = [models.Index(fields=["project", "-id"], name="labeling_prompt_pages")]

    def __str__(self) -> str:
        return f"prompt {self.pk}"

    def save(self, *args: object, **kwargs: object) -> None:
        """Keep the hash equal to the messages."""
        self.sha256 = canonical_sha256(self.messages)
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    @property
    def last_text(self) -> str:
        """The user's last message, for lists."""
        return str(self.messages[-1]["content"])


class PromptUpload(models.Model):
    """A file of prompts between its preview and the confirmation; removed by either end."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="uploads")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    name = models.CharField(max_length=200)
    content = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"upload {self.pk}"


class Completion(models.Model):
    """One text a model wrote for a prompt; tied for ever to the version that wrote it."""

    class FinishReason(models.TextChoices):
        STOP = "stop", _("Ended by itself")
        LENGTH = "length", _("Cut at the length limit")

    prompt = models.ForeignKey(Prompt, models.CASCADE, related_name="completions")
    model_version = models.ForeignKey(
        ModelVersion, models.PROTECT, null=True, related_name="completions"
    )
    text = models.TextField()
    tokens = models.PositiveIntegerField(default=0)
    finish_reason = models.CharField(max_length=10, choices=FinishReason, default=FinishReason.STOP)
    sampling = models.JSONField(default=dict)  # temperature, top_p, max_new_tokens
    seed = models.BigIntegerField(default=0)
    round_number = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = CompletionQuerySet.as_manager()

    def __str__(self) -> str:
        return f"completion {self.pk}"


class Task(models.Model):
    """One question to the annotators, answered `overlap` times by different people."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        DONE = "done", _("Done")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    project = models.ForeignKey(Project, models.CASCADE, related_name="tasks")
    kind = models.CharField(max_length=20, choices=kind_choices)
    prompt = models.ForeignKey(Prompt, models.CASCADE, related_name="tasks")
    completions = models.ManyToManyField(Completion, related_name="tasks", blank=True)
    round_number = models.PositiveIntegerField(default=1)
    overlap = models.PositiveSmallIntegerField(default=1, validators=[MinValueValidator(1)])
    priority = models.SmallIntegerField(default=0)
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
                "id",
                name="labeling_task_claimable",
                condition=models.Q(state="open", free_slots__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} task {self.pk}"


class Assignment(models.Model):
    """A slot of a task, reserved for one annotator under a lease, with the draft."""

    class State(models.TextChoices):
        ACTIVE = "active", _("In work")
        SUBMITTED = "submitted", _("Submitted")
        SURPLUS = "surplus", _("Submitted late, kept as an extra answer")
        SKIPPED = "skipped", _("Skipped")
        EXPIRED = "expired", _("Expired")

    task = models.ForeignKey(Task, models.CASCADE, related_name="assignments")
    slot = models.PositiveSmallIntegerField()
    annotator = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="assignments"
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
                condition=models.Q(state__in=["active", "submitted"]),
            ),
            models.UniqueConstraint(fields=["task", "annotator"], name="labeling_annotator_once"),
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


class Annotation(models.Model):
    """One judgment, kept for ever as it was given."""

    task = models.ForeignKey(Task, models.PROTECT, related_name="annotations")
    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="annotations")
    annotator = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="annotations"
    )
    kind = models.CharField(max_length=20, choices=kind_choices)
    body = models.JSONField()
    shown_order = models.JSONField(default=list)
    guideline_version = models.PositiveIntegerField()
    client_key = models.UUIDField(default=uuid.uuid4)
    active_seconds = models.PositiveIntegerField(default=0)
    is_simulated = models.BooleanField(default=False)
    # A late submit whose slot was given on: kept, not counted towards the overlap.
    is_surplus = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = AnnotationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["annotator", "client_key"], name="labeling_client_key_once"
            ),
            models.UniqueConstraint(
                fields=["task", "annotator"],
                name="labeling_one_answer_each",
                condition=models.Q(is_surplus=False),
            ),
        ]
        indexes = [models.Index(fields=["annotator", "-id"], name="labeling_own_answers")]

    def __str__(self) -> str:
        return f"{self.kind} annotation {self.pk}"
