"""What people say of versions, as rows: the figures, and what they are made of."""

from django.db import models

from labeling.models import Annotation, Project


class Verdict(models.Model):
    """What people's votes and rankings say of a project's versions, as last computed."""

    project = models.OneToOneField(
        Project, models.CASCADE, primary_key=True, related_name="verdict"
    )
    # Everything up to these rows is in the figures.
    last_annotation = models.BigIntegerField(default=0)
    last_review = models.BigIntegerField(default=0)
    is_stale = models.BooleanField(default=True)
    began_at = models.DateTimeField(null=True)
    computed_at = models.DateTimeField(null=True)
    seconds = models.FloatField(default=0)  # that the last computation took
    figures = models.JSONField(default=dict)  # what rounds.verdict.figures gives
    # Everything up to these rows has been compared: rounds.verdict.compared.
    compared_annotation = models.BigIntegerField(default=0)
    compared_review = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"verdict of project {self.project_id}"


class Compared(models.Model):
    """What an answer that counts says of versions whose texts lay side by side in its task."""

    annotation = models.OneToOneField(
        Annotation, models.CASCADE, primary_key=True, related_name="+"
    )
    project = models.ForeignKey(Project, models.CASCADE, related_name="+", db_index=False)
    prompt_id = models.BigIntegerField()
    is_vote = models.BooleanField()  # else a label
    outcomes = models.JSONField()  # [older version, newer, of the newer one: 1, 1/2 or 0]

    class Meta:
        indexes = [
            models.Index(
                fields=["project", "is_vote", "annotation"], name="rounds_compared_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"what annotation {self.annotation_id} says of versions"
