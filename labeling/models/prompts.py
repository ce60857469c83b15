"""Prompts, and what models wrote for them."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.hashing import canonical_sha256
from labeling.models.projects import Project
from labeling.queries import PromptQuerySet
from registry.models import ModelVersion
from training.contract import tables


class Split(models.TextChoices):
    """Prompts of the held-out split are labeled and evaluated on, never trained on."""

    TRAIN = "train", _("Training")
    HELDOUT = "heldout", _("Held-out")


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
    """One text a model wrote for a prompt; tied forever to the version that wrote it."""

    class FinishReason(models.TextChoices):
        STOP = tables.STOP, _("Ended by itself")
        LENGTH = tables.LENGTH, _("Cut at the length limit")

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

    def __str__(self) -> str:
        return f"completion {self.pk}"
