"""What reviewers look at next, and what came of it."""

import secrets

from django.core.validators import MaxValueValidator
from django.db import models

from labeling.models.annotations import Annotation
from labeling.models.projects import Project

USUAL_PERCENT = 5


def _salt() -> str:
    return secrets.token_hex(8)


class ReviewSettings(models.Model):
    """How many of a project's answers are drawn for a look, and how far that has come."""

    project = models.OneToOneField(
        Project, models.CASCADE, primary_key=True, related_name="review_settings"
    )
    spot_percent = models.PositiveSmallIntegerField(
        default=USUAL_PERCENT,
        validators=[MaxValueValidator(100)],
    )
    # With the answer's id it says whether an answer is drawn: nobody can tell beforehand.
    salt = models.CharField(max_length=16, default=_salt)
    drawn_to = models.BigIntegerField(default=0)  # the answer up to which all were looked at

    def __str__(self) -> str:
        return f"review of project {self.project_id}"


class ReviewItem(models.Model):
    """An answer that waits in a queue for a reviewer, or has left it."""

    class Queue(models.TextChoices):
        SPOT = "spot"
        REPLIES = "replies"
        EXPERT = "expert"
        CONCERNS = "concerns"

    project = models.ForeignKey(Project, models.CASCADE, related_name="+", db_index=False)
    annotation = models.ForeignKey(Annotation, models.CASCADE, related_name="review_items")
    queue = models.CharField(max_length=10, choices=Queue)
    outcome = models.CharField(max_length=10, blank=True, default="")  # the verb that ended it
    done_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["annotation", "queue"], name="labeling_once_in_a_review_queue"
            ),
        ]
        indexes = [
            models.Index(
                fields=["project", "queue", "id"],
                name="labeling_to_review",
                condition=models.Q(done_at=None),
            ),
            models.Index(fields=["project", "queue", "outcome"], name="labeling_review_outcomes"),
        ]

    def __str__(self) -> str:
        return f"annotation {self.annotation_id} in {self.queue}"
