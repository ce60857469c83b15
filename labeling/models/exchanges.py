"""Live conversations: what an annotator writes, and two replies of a model to it, turn by turn."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from labeling.models.tasks import Assignment
from labeling.queries import ExchangeQuerySet
from registry.models import ModelVersion


class Exchange(models.Model):
    """One turn. The row is the truth: a process that replies may come and go meanwhile."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting for the model")
        ANSWERED = "answered", _("Answered")
        FAILED = "failed", _("Not answered")

    assignment = models.ForeignKey(Assignment, models.CASCADE, related_name="exchanges")
    number = models.PositiveSmallIntegerField()  # from 0; the first message is the prompt's own
    message = models.TextField(blank=True, default="")
    version = models.ForeignKey(ModelVersion, models.PROTECT, related_name="+", db_index=False)
    seeds = models.JSONField()  # of the two replies
    swapped = models.BooleanField()  # the second reply stands first, as A
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    replies = models.JSONField(default=list)  # [{"text", "finish_reason"}, …], by seed
    # Why there are none: a word of training.prompts, or the error code of the job.
    problem = models.CharField(max_length=40, blank=True, default="")
    # {"better", "strength", "both_bad"} of the reply's number, once the conversation went on.
    choice = models.JSONField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    answered_at = models.DateTimeField(null=True)

    objects = ExchangeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["assignment", "number"], name="labeling_exchange_once"),
        ]
        indexes = [
            models.Index(
                fields=["version", "id"],
                name="labeling_waiting_exchanges",
                condition=models.Q(state="waiting"),
            ),
        ]

    def __str__(self) -> str:
        return f"exchange {self.number} of assignment {self.assignment_id}"

    @property
    def order(self) -> list[int]:
        """The numbers of the replies as this annotator sees them: A, B."""
        return [1, 0] if self.swapped else [0, 1]

    @property
    def is_answered(self) -> bool:
        """Whether its replies are there."""
        return self.state == self.State.ANSWERED

    def as_turn(self, choice: dict[str, Any]) -> dict[str, Any]:
        """What an answer keeps of it, with what was chosen."""
        return {
            "message": self.message,
            "replies": self.replies,
            "first": self.order[0],
            **choice,
        }
