"""Prompts, and what models wrote for them."""

import json
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.hashing import canonical_sha256, likeness
from labeling import turns
from labeling.models.imports import Import
from labeling.models.projects import Project
from labeling.queries import PromptQuerySet
from labeling.turns import Said, Turn
from registry.models import ModelVersion
from training.contract import tables


class Split(models.TextChoices):
    """Prompts of the held-out split are labeled and evaluated on, never trained on."""

    TRAIN = "train", _("Training")
    HELDOUT = "heldout", _("Held-out")


class ContentWarning(models.TextChoices):
    """Whether people are warned before they see a prompt, and who said so."""

    NONE = "", _("None")
    REPORTED = "reported", _("Annotators found it unsafe")
    MARKED = "marked", _("A manager or a file marked it")
    CLEARED = "cleared", _("A manager found it harmless")  # annotators change that no more


class Prompt(models.Model):
    """What a model is asked: chat messages, the last one the user's, or a tool's result."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="prompts")
    messages = models.JSONField()  # [{"role": "user", "content": "…"}, …]
    # JSON of the messages and tools to the letter, where they are more than roles and texts: calls
    # of tools, their results, parts of a content (training.contract.conversations).
    given = models.TextField(blank=True, default="", db_default="")
    # Of the messages as they are; of what they are but for white space, case and Unicode form; and
    # of their beginning, which all turns of one conversation share.
    sha256 = models.CharField(max_length=64)
    likeness = models.CharField(max_length=64, default="")
    conversation = models.CharField(max_length=64, default="")
    group_name = models.CharField(max_length=200, blank=True, default="")  # as the file had it
    # Of who asked it, as its metadata say: equal for one user (labeling.askers); "" where none is.
    asker = models.CharField(max_length=64, blank=True, default="", db_default="")
    metadata = models.JSONField(blank=True, default=dict)  # what else the file said of it
    source = models.CharField(max_length=200, blank=True, default="")
    language = models.CharField(max_length=10, default="en")
    use_case = models.CharField(max_length=40, blank=True, default="")
    split = models.CharField(max_length=10, choices=Split, default=Split.TRAIN)
    withdrawn_at = models.DateTimeField(null=True, blank=True)  # asked about no more
    content_warning = models.CharField(
        max_length=10, choices=ContentWarning, blank=True, default="", db_default=""
    )
    # What texts for it are graded by (labeling.rubric_form): [{"text": "…", "points": 5}, …].
    rubric = models.JSONField(
        blank=True, default=list, db_default=models.Value([], models.JSONField())
    )
    # The file that it came with; not of those of earlier versions, nor of what people wrote.
    imported = models.ForeignKey(
        Import, models.SET_NULL, null=True, related_name="prompts", db_index=False
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PromptQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "sha256"], name="labeling_prompt_once"),
        ]
        indexes = [
            models.Index(fields=["project", "-id"], name="labeling_prompt_pages"),
            models.Index(fields=["project", "conversation"], name="labeling_conversations"),
            models.Index(
                fields=["project", "group_name"],
                name="labeling_groups",
                condition=~models.Q(group_name=""),
            ),
            models.Index(
                fields=["project", "asker"],
                name="labeling_askers",
                condition=~models.Q(asker=""),
            ),
            models.Index(
                fields=["imported"],
                name="labeling_imported",
                condition=models.Q(imported__isnull=False),
            ),
            # Votes draw from these, by their hash.
            models.Index(
                fields=["project", "sha256"],
                include=["id"],
                name="labeling_heldout",
                condition=models.Q(split="heldout", withdrawn_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"prompt {self.pk}"

    def save(self, *args: object, **kwargs: object) -> None:
        """Keep the hashes those of the messages."""
        for name, value in hashes(self.messages, self.given).items():
            setattr(self, name, value)
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    @cached_property
    def _given(self) -> dict[str, Any]:
        return json.loads(self.given) if self.given else {"messages": self.messages}

    @property
    def turns(self) -> list[Turn]:
        """What pages show of it, whole."""
        return turns.turns(self.given_messages)

    @property
    def given_messages(self) -> list[dict[str, Any]]:
        """Its messages as they came, calls of tools and all."""
        said: list[dict[str, Any]] = self._given["messages"]
        return said

    @property
    def tools(self) -> list[Said]:
        """The tools that it offers."""
        return turns.tools(self._given.get("tools", []))

    @property
    def is_warned_of(self) -> bool:
        """Whether it is shown only to who asks to see it."""
        return self.content_warning in WARNED

    @property
    def last_text(self) -> str:
        """The last message."""
        return str(self.messages[-1]["content"])

    @property
    def listed(self) -> str:
        """How lists and buttons name it: by its last message, unless people are asked first."""
        return str(_("Content warning")) if self.is_warned_of else self.last_text


PARTS = "parts"  # in the metadata of a few-shot prompt: what its text was put together of
WARNED = [ContentWarning.REPORTED, ContentWarning.MARKED]


def hashes(messages: list[dict[str, Any]], given: str = "") -> dict[str, str]:
    """The fields of a prompt that follow from its messages, and from the tools that it has."""
    beginning = messages[: 1 + (messages[0]["role"] == "system")]
    whole = json.loads(given) if given else messages
    alike = likeness(whole)
    return {
        "sha256": canonical_sha256(whole),
        "likeness": alike,
        "conversation": alike if whole == beginning else likeness(beginning),
    }


class PromptUpload(models.Model):
    """A file between its preview and the confirmation, or that a job is to store; then removed.

    imported: what it is to become, once that is asked for.
    """

    imported = models.OneToOneField(Import, models.CASCADE, null=True, related_name="upload")
    project = models.ForeignKey(Project, models.CASCADE, related_name="uploads")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    name = models.CharField(max_length=200)
    size = models.BigIntegerField()  # bytes; labeling.uploads keeps them
    encoding = models.CharField(max_length=20, blank=True, default="")  # "" is to be guessed
    # What its columns are: see labeling.columns.
    columns = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    # A name of labeling.formats; "" is to be found out.
    format = models.CharField(max_length=20, blank=True, default="", db_default="")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"upload {self.pk}"


class UploadPart(models.Model):
    """A part of a file that is kept, so that no process has more of it in memory."""

    upload = models.ForeignKey(PromptUpload, models.CASCADE, related_name="parts", db_index=False)
    number = models.IntegerField()
    content = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["upload", "number"], name="labeling_upload_part_once")
        ]

    def __str__(self) -> str:
        return f"part {self.number} of upload {self.upload_id}"


class Completion(models.Model):
    """A text for a prompt; tied forever to the model version, or the answer, that it is of."""

    class FinishReason(models.TextChoices):
        STOP = tables.STOP, _("Ended by itself")
        LENGTH = tables.LENGTH, _("Cut at the length limit")

    prompt = models.ForeignKey(Prompt, models.CASCADE, related_name="completions")
    model_version = models.ForeignKey(
        ModelVersion, models.PROTECT, null=True, related_name="completions"
    )
    # That in which a person wrote it; others judge it beside what models wrote, and are not told.
    answer = models.ForeignKey(
        "labeling.Annotation", models.PROTECT, null=True, related_name="candidates", db_index=False
    )
    text = models.TextField()
    tokens = models.PositiveIntegerField(default=0)
    finish_reason = models.CharField(max_length=10, choices=FinishReason, default=FinishReason.STOP)
    sampling = models.JSONField(default=dict)  # temperature …; of files who wrote it
    seed = models.BigIntegerField(default=0)
    round_number = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["answer"],
                name="labeling_human_texts",
                condition=models.Q(answer__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"completion {self.pk}"
