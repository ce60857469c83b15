"""What a project puts before each of its prompts: a system message, and exemplars."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models

from labeling.models.projects import Project
from labeling.queries import PreambleQuerySet

if TYPE_CHECKING:
    from labeling.given import Message


class Preamble(models.Model):
    """A version of it, which never changes; a round keeps the one that it was opened with."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="preambles")
    number = models.PositiveIntegerField()
    # A system message or none, then exemplars: a user's message and the assistant's, in turn. Empty
    # where a manager has taken all of it away.
    messages = models.JSONField()  # [{"role": "system", "content": "…"}, …]
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PreambleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="labeling_preamble_once"),
        ]

    def __str__(self) -> str:
        return f"preamble v{self.number} of {self.project_id}"

    @property
    def system(self) -> str:
        """The text of its system message; empty where it has none."""
        first: dict[str, Any] = self.messages[0] if self.messages else {}
        return str(first["content"]) if first.get("role") == "system" else ""

    @property
    def exemplars(self) -> "list[tuple[str, str]]":
        """What the user says in each, and what the assistant says."""
        said: list[Message] = self.messages[1:] if self.system else self.messages
        texts = [str(message["content"]) for message in said]
        return list(zip(texts[::2], texts[1::2], strict=True))
