"""How labels are checked: gold answers, repeats, tests before the first task, what came of them."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from labeling.kinds import choices as kind_choices
from labeling.models.annotations import Annotation
from labeling.models.projects import Project
from labeling.models.tasks import Purpose, Task

MOST_PERCENT = 20  # of tasks that may be checks of one sort: the rest is work
_SHARE = [MaxValueValidator(MOST_PERCENT)]


class CheckSettings(models.Model):
    """What a project's managers chose; a project without a row checks nothing."""

    project = models.OneToOneField(Project, models.CASCADE, related_name="checks", primary_key=True)
    gold_percent = models.PositiveSmallIntegerField(default=0, validators=_SHARE)
    feedback = models.BooleanField(default=False)  # annotators see how their gold answers differed
    repeat_percent = models.PositiveSmallIntegerField(default=0, validators=_SHARE)
    # A task comes back to somebody after so many other answers at the earliest.
    repeat_after = models.PositiveSmallIntegerField(
        default=20, validators=[MinValueValidator(1), MaxValueValidator(1000)]
    )
    # From then on new annotators answer the test first; None: nobody does.
    screening_since = models.DateTimeField(null=True)
    pass_percent = models.PositiveSmallIntegerField(
        default=75, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    # Nobody goes on labeling before they have opened the newest guidelines.
    guidelines_first = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"checks of project {self.project_id}"


class Gold(models.Model):
    """A task whose right answer is known: people are given it unseen among the others."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="golds")
    task = models.OneToOneField(Task, models.CASCADE, related_name="gold")
    answer = models.ForeignKey(Annotation, models.CASCADE, related_name="+")
    is_test = models.BooleanField(default=False)  # asked before the first task, and only then
    retired_at = models.DateTimeField(null=True)  # asked no more, and no figure counts it
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"gold of task {self.task_id}"


class GoldUpload(models.Model):
    """A file of gold tasks between its preview and the confirmation; removed by either end."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="gold_uploads")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    name = models.CharField(max_length=200)
    content = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"gold upload {self.pk}"


class CheckScore(models.Model):
    """How near the answer to a check came to the gold one, or to the person's own first one."""

    annotation = models.OneToOneField(
        Annotation, models.CASCADE, related_name="score", primary_key=True
    )
    against = models.ForeignKey(Annotation, models.CASCADE, related_name="+")
    gold = models.ForeignKey(Gold, models.CASCADE, null=True, related_name="scores")
    # The annotation's, once more: the figures of a project read one index.
    project = models.ForeignKey(Project, models.CASCADE, related_name="+", db_index=False)
    annotator = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    purpose = models.CharField(max_length=10, choices=Purpose)
    kind = models.CharField(max_length=20, choices=kind_choices)
    agreement = models.FloatField()  # 0 to 1, the first of the kind's `agreement`

    class Meta:
        indexes = [
            models.Index(
                fields=["project", "purpose", "annotator", "kind"],
                include=["gold", "agreement"],
                name="labeling_check_scores",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agreement:.2f} of annotation {self.annotation_id}"


class SolutionShown(models.Model):
    """The author of an answer to a gold task knows that it was one: theirs stays as it is.

    They have seen the right answer, or a list or figures that say which of theirs were checks.
    """

    annotation = models.OneToOneField(
        Annotation, models.CASCADE, related_name="solution_shown", primary_key=True
    )
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"solution shown beside annotation {self.annotation_id}"


class Screening(models.Model):
    """Where somebody new stands with a project's test."""

    class State(models.TextChoices):
        TEST = "test", _("Answers the test")
        WAITING = "waiting", _("Waits for a decision")
        PASSED = "passed", _("Passed")
        FAILED = "failed", _("Not passed")

    project = models.ForeignKey(Project, models.CASCADE, related_name="screenings")
    annotator = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="screenings"
    )
    state = models.CharField(max_length=10, choices=State, default=State.TEST)
    attempt = models.PositiveSmallIntegerField(default=1)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "annotator"], name="labeling_one_screening_each"
            ),
        ]

    def __str__(self) -> str:
        return f"screening of {self.annotator_id} in {self.project_id}: {self.state}"
