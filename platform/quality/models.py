"""Figures about labels that are computed in the background: rows that pages only read."""

from collections.abc import Iterable

from django.conf import settings
from django.db import models

from labeling.kinds import choices as kind_choices
from labeling.models import Project, Task
from quality.known import ENOUGH, ENOUGH_GOLD, digest


class ProjectFigures(models.Model):
    """How far a project's answers have been looked at, and what they say of agreement."""

    project = models.OneToOneField(Project, models.CASCADE, primary_key=True, related_name="+")
    # Everything up to these rows has been measured.
    last_annotation = models.BigIntegerField(default=0)
    last_review = models.BigIntegerField(default=0)
    is_stale = models.BooleanField(default=True)  # measured, and not yet in the figures
    began_at = models.DateTimeField(null=True)
    computed_at = models.DateTimeField(null=True)
    seconds = models.FloatField(default=0)  # that the last computation took
    groups = models.JSONField(default=list)  # what quality.agreement.group gives
    bias = models.JSONField(default=list)  # what quality.bias finds in each kind
    golds = models.BigIntegerField(default=0)  # which answers were gold then: quality.evidence
    form = models.CharField(max_length=64, default="")  # of what is packed: quality.tables.form
    # Of each figure about the newest answers, which those were (quality.known.digest).
    newest = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"figures of project {self.project_id}"

    def are_of(self, name: str, answers: Iterable[int]) -> bool:
        """Whether the figures `name` were made of these answers; notes which they are of now."""
        before, self.newest[name] = self.newest.get(name), digest(answers)
        return bool(before == self.newest[name])


class TaskAgreement(models.Model):
    """How far the answers of a task that several people answered agree."""

    task = models.OneToOneField(Task, models.CASCADE, primary_key=True, related_name="agreement")
    project = models.ForeignKey(Project, models.CASCADE, related_name="+", db_index=False)
    # The task's and its prompt's, once more: all rows of a project are read, many at once.
    kind = models.CharField(max_length=20, choices=kind_choices)
    language = models.CharField(max_length=10)
    split = models.CharField(max_length=10)
    answers = models.PositiveSmallIntegerField()
    # The first figure of the kind, over all pairs; None where no pair says anything of it.
    agreement = models.FloatField(null=True)
    packed = models.BinaryField(default=b"", db_default=b"")  # the pairs, by quality.tables.pack

    class Meta:
        indexes = [
            models.Index(
                fields=["project", "kind", "agreement", "task"], name="quality_least_agreement"
            ),
            models.Index(fields=["project", "task"], name="quality_agreement_by_task"),
        ]

    def __str__(self) -> str:
        return f"agreement on task {self.task_id}"


class PersonFigures(models.Model):
    """What a person's answers in a project say of how they work: evidence, no verdict."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="+", db_index=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    is_stale = models.BooleanField(default=True)
    computed_at = models.DateTimeField(null=True)
    body = models.JSONField(default=dict)  # quality.people has its parts
    latest = models.CharField(max_length=64, default="")  # which answers its habits are of

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "person"], name="quality_person_once"),
        ]

    def __str__(self) -> str:
        return f"figures of person {self.person_id} in project {self.project_id}"


class Reliability(models.Model):
    """How reliably a person orders texts, by the model of competence: evidence, no verdict.

    Only of those whose answers can be compared with somebody's, or with gold.
    """

    project = models.ForeignKey(Project, models.CASCADE, related_name="+", db_index=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    # 1 follows the order of the texts, 1/2 is chance, 0 inverts it; with its 95 % interval.
    value = models.FloatField()
    low = models.FloatField()
    high = models.FloatField()
    answers = models.PositiveIntegerField()  # to tasks that others answered too, or that are gold
    gold = models.PositiveIntegerField(default=0)  # of these: to tasks whose right order is known
    pairs = models.PositiveIntegerField()  # of texts that they put into an order
    computed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "person"], name="quality_reliability_once"),
        ]

    def __str__(self) -> str:
        return f"reliability of person {self.person_id} in project {self.project_id}"

    @property
    def is_enough(self) -> bool:
        """Whether it rests on enough answers to be shown."""
        return self.answers >= ENOUGH or self.gold >= ENOUGH_GOLD


class AgreementBound(models.Model):
    """Where managers want to be told that the agreement of a kind is too low. No row: nowhere."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=20, choices=kind_choices)
    bound = models.FloatField()  # of the kind's alpha (quality.bounds)
    fell_at = models.DateTimeField(null=True)  # and has not recovered since

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "kind"], name="quality_bound_once"),
        ]

    def __str__(self) -> str:
        return f"bound of {self.kind} in project {self.project_id}"
