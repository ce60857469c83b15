"""Prompts that people write: what is wanted, and what they propose."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from labeling import turns
from labeling.models.projects import Project
from labeling.models.prompts import Prompt
from labeling.proposals.queries import ProposalQuerySet, WantedPromptsQuerySet
from labeling.turns import Turn

MOST_WANTED = 10_000  # prompts that are asked for at once


class PromptForm(models.TextChoices):
    """In which form a prompt is written (InstructGPT, arXiv 2203.02155, section 3.2)."""

    PLAIN = "plain", _("Plain")
    FEW_SHOT = "few_shot", _("Few-shot")
    USER_BASED = "user_based", _("User-based")


class WantedPrompts(models.Model):
    """So many prompts of one form, for one use case or for any, that a manager asks for."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="wanted_prompts")
    form = models.CharField(max_length=10, choices=PromptForm)
    use_case = models.CharField(max_length=40, blank=True, default="")  # "": any
    description = models.TextField(blank=True, default="")  # of the use case, or what to mind
    language = models.CharField(max_length=10, blank=True, default="")  # "": any
    number = models.PositiveIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(MOST_WANTED)]
    )
    heldout_percent = models.PositiveSmallIntegerField(
        default=20, validators=[MaxValueValidator(50)]
    )
    closed_at = models.DateTimeField(null=True)  # asked for no more
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = WantedPromptsQuerySet.as_manager()

    # With WantedPromptsQuerySet.with_progress: how many proposals are so.
    accepted: int
    waiting: int

    def __str__(self) -> str:
        return f"{self.number} {self.form} prompts for {self.project_id}"

    @property
    def written(self) -> int:
        """How many are accepted or wait, of those that are wanted; more make it no more."""
        return min(self.number, self.accepted + self.waiting)

    @property
    def left(self) -> int:
        """How many are still to be written."""
        return self.number - self.written


class Proposal(models.Model):
    """A prompt that somebody writes: a draft first, then kept as it was submitted."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Begun")
        WAITING = "waiting", _("Waits for a decision")
        RETURNED = "returned", _("Returned")
        ACCEPTED = "accepted", _("Accepted")
        REWRITTEN = "rewritten", _("Rewritten")  # another proposal has taken its place
        TAKEN_BACK = "taken_back", _("Taken back")
        ERASED = "erased", _("Erased")  # at its author's wish: there are no words any more

    # What is wanted has it once more; a project's proposals are found by one index.
    project = models.ForeignKey(Project, models.CASCADE, related_name="proposals", db_index=False)
    wanted = models.ForeignKey(WantedPrompts, models.CASCADE, related_name="proposals")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="proposals", db_index=False
    )
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    draft = models.JSONField(null=True)
    draft_version = models.PositiveIntegerField(default=0)
    active_seconds = models.PositiveIntegerField(default=0)
    # As it was submitted: what was written, and the messages that it makes.
    body = models.JSONField(default=dict)
    messages = models.JSONField(default=list)
    likeness = models.CharField(max_length=64, blank=True, default="")
    characters = models.PositiveIntegerField(default=0)  # of all its messages
    language = models.CharField(max_length=10, blank=True, default="")
    use_case = models.CharField(max_length=40, blank=True, default="")
    revises = models.OneToOneField("self", models.CASCADE, null=True, related_name="revision")
    submitted_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True, default="")  # why it was returned
    prompt = models.OneToOneField(Prompt, models.SET_NULL, null=True, related_name="proposal")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["wanted", "author"],
                name="labeling_one_new_proposal",
                condition=models.Q(state="draft", revises__isnull=True),
            ),
        ]
        indexes = [
            models.Index(fields=["project", "state", "id"], name="labeling_proposals"),
            models.Index(fields=["project", "likeness"], name="labeling_proposals_alike"),
            models.Index(fields=["author", "project", "-id"], name="labeling_own_proposals"),
        ]

    def __str__(self) -> str:
        return f"proposal {self.pk}"

    @property
    def when(self) -> datetime:
        """When it was submitted, or begun."""
        return self.submitted_at or self.created_at

    @property
    def badge(self) -> str:
        """The state that its badge looks like (core/components.css)."""
        return {"draft": "active", "waiting": "open", "accepted": "done"}.get(
            self.state, self.state
        )

    @property
    def turns(self) -> list[Turn]:
        """What pages show of it, as of a prompt."""
        return turns.turns(self.messages)

    @property
    def last_text(self) -> str:
        """The user's last message, for lists; "" for a draft."""
        return str(self.messages[-1]["content"]) if self.messages else ""

    @property
    def is_warned_of(self) -> bool:
        """Whether the prompt that it has become is; of what waits nobody has said so."""
        return self.prompt is not None and self.prompt.is_warned_of

    @property
    def is_edited(self) -> bool:
        """Whether it was accepted with another text than was proposed."""
        return self.prompt is not None and self.prompt.messages != self.messages

    @property
    def written(self) -> dict[str, Any]:
        """What the form of another proposal in its place begins with."""
        return {**self.body, "language": self.language, "use_case": self.use_case}
