"""Rounds, frozen snapshots of labels, runs and their evaluations; what people say of models."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from jobs.models import Job
from labeling.models import Annotation, Preamble, Project, Prompt, Task
from registry.models import AliasChange, ModelVersion
from rounds.corpora.models import Corpus as Corpus  # a table of this app like those below
from rounds.frozen.models import FrozenExport as FrozenExport
from rounds.queries import RoundQuerySet, RunQuerySet
from rounds.verdict.models import Compared as Compared
from rounds.verdict.models import Verdict as Verdict


class Round(models.Model):
    """One turn of the loop of a project."""

    class State(models.TextChoices):
        COLLECTING = "collecting", _("Collecting")
        TRAINING = "training", _("Training")
        EVALUATED = "evaluated", _("Evaluated")
        CLOSED = "closed", _("Closed")
        CANCELLED = "cancelled", _("Cancelled")  # ended without a model; its answers count

    OVER = State.CLOSED, State.CANCELLED

    project = models.ForeignKey(Project, models.CASCADE, related_name="rounds")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.COLLECTING)
    plan = models.JSONField(default=dict)  # rounds.collecting.plan.Plan
    # Writes the completions that people are asked about.
    writer = models.ForeignKey(ModelVersion, models.PROTECT, related_name="rounds")
    # What is put before each prompt in it, as it was when the round was opened; None: nothing.
    preamble = models.ForeignKey(Preamble, models.RESTRICT, null=True, related_name="rounds")
    # Prompts whose completions are being written: {"ranking": {"<prompt id>": wanted}, …}.
    pending = models.JSONField(default=dict)
    # The same of those among which runs will choose (rounds.collecting.choosing).
    candidates = models.JSONField(default=dict)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    opened_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True)

    objects = RoundQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="rounds_round_number"),
        ]

    def __str__(self) -> str:
        return f"round {self.number} of {self.project_id}"

    @property
    def is_over(self) -> bool:
        """Whether nothing more is asked or trained in it."""
        return self.state in Round.OVER

    @property
    def awaited(self) -> set[int]:
        """The prompts whose completions are being written or scored, by their ids."""
        waiting = (*self.pending.values(), *self.candidates.values())
        return {int(pk) for prompts in waiting for pk in prompts}

    @property
    def is_evaluated(self) -> bool:
        """Whether an evaluation of it ended well, whatever has been launched since."""
        evaluated = Evaluation.objects.filter(run__round=self).exists()
        return evaluated or self.state in {Round.State.EVALUATED, Round.State.CLOSED}


class Half(models.TextChoices):
    """Prompts are parted into two, once and for ever (rounds.halves)."""

    FIRST = "first", _("first half of the prompts")
    SECOND = "second", _("second half of the prompts")


class Snapshot(models.Model):
    """A frozen, content-addressed copy of the labels that a run trains on."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="snapshots")
    sha256 = models.CharField(max_length=64)
    uri = models.CharField(max_length=500)
    manifest = models.JSONField()
    counts = models.JSONField(default=dict)  # {"train": {"ranking": 40, …}, "heldout": …}
    filters = models.JSONField(default=dict, db_default={})  # by which its labels were chosen
    annotations = models.ManyToManyField(Annotation, related_name="snapshots")
    # Frozen on another server: how the ids in its files became those here (rounds.moved).
    moved = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "sha256"], name="rounds_snapshot_content"),
        ]

    def __str__(self) -> str:
        return f"snapshot {self.sha256[:12]}"


class Run(models.Model):
    """One stage of a round: its settings, the job that works on it, what went in and came out."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="runs")
    stage = models.CharField(max_length=40)  # a folder of rounds.stages
    recipe = models.JSONField(default=dict)  # the values of its stage's settings
    job = models.OneToOneField(Job, models.PROTECT, related_name="run")
    # What it writes texts for; its round is then only the one in which people were asked.
    ballot = models.ForeignKey("Ballot", models.SET_NULL, null=True, related_name="runs")
    # None: a run that writes completions, or texts of a ballot.
    snapshot = models.ForeignKey(Snapshot, models.PROTECT, null=True, related_name="runs")
    # What it starts from, or evaluates, and what it scores with: known at launch, or else made by
    # a run before in the chain and written here when this one's turn comes.
    source = models.ForeignKey(ModelVersion, models.PROTECT, null=True, related_name="+")
    reward_model = models.ForeignKey(ModelVersion, models.PROTECT, null=True, related_name="+")
    second_reward_model = models.ForeignKey(
        ModelVersion, models.PROTECT, null=True, related_name="+"
    )
    # What it mixes in beside its own texts, where a manager gave some.
    corpus = models.ForeignKey(Corpus, models.PROTECT, null=True, related_name="runs")
    # Of the prompts with training labels, those that it learns from; empty: all.
    half = models.CharField(max_length=10, choices=Half, default="", blank=True)
    launched_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    # Estimated floating point operations: what the next estimate of time is scaled by.
    work = models.FloatField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = RunQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.stage} run {self.pk}"


class LearningCurve(models.Model):
    """How a run's accuracy on held-out labels grew with the labels, and what more would bring."""

    run = models.OneToOneField(Run, models.CASCADE, related_name="learning_curve")
    points = models.JSONField()  # [{"labels": 40, "repeat": 0, "accuracy": 0.66}, …]
    pairs = models.PositiveIntegerField()  # held-out ones that each accuracy is measured on
    outlook = models.JSONField(default=dict)  # what rounds.learning.figures gives
    computed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"learning curve of run {self.run_id}"


class Evaluation(models.Model):
    """Is the new policy better? Numbers and texts on held-out prompts, before and after."""

    run = models.OneToOneField(Run, models.CASCADE, related_name="evaluation")
    before = models.ForeignKey(ModelVersion, models.PROTECT, related_name="+")
    after = models.ForeignKey(ModelVersion, models.PROTECT, related_name="evaluations")
    # What the Kullback-Leibler divergence is measured against.
    reference = models.ForeignKey(ModelVersion, models.PROTECT, related_name="+")
    reward_model = models.ForeignKey(ModelVersion, models.PROTECT, null=True, related_name="+")
    second_reward_model = models.ForeignKey(
        ModelVersion, models.PROTECT, null=True, related_name="+"
    )
    # {"models": {"<version id>": {reward, kl, length, …}}, "reward_model": {accuracy, pairs, …}}
    metrics = models.JSONField()

    def __str__(self) -> str:
        return f"evaluation of run {self.run_id}"


class EvaluationSample(models.Model):
    """What one model wrote for one held-out prompt: in an evaluation, or in a ballot's run."""

    evaluation = models.ForeignKey(Evaluation, models.CASCADE, null=True, related_name="samples")
    run = models.ForeignKey(Run, models.CASCADE, null=True, related_name="texts")
    prompt = models.ForeignKey(Prompt, models.CASCADE, related_name="+")
    model_version = models.ForeignKey(ModelVersion, models.PROTECT, related_name="+")
    text = models.TextField()
    tokens = models.PositiveIntegerField(default=0)
    finish_reason = models.CharField(max_length=10, default="stop")
    reward = models.FloatField(null=True)
    second_reward = models.FloatField(null=True)
    kl = models.FloatField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="rounds_sample_of_one",
                condition=models.Q(evaluation=None, run__isnull=False)
                | models.Q(evaluation__isnull=False, run=None),
            ),
            models.UniqueConstraint(fields=["run", "prompt"], name="rounds_text_once"),
        ]

    def __str__(self) -> str:
        return f"sample {self.pk}"


EFFECT = 0.6  # the smallest win rate that is worth having, unless a manager says another


class Ballot(models.Model):
    """A manager asks people, who do not know which is which, what versions write better."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="ballots")
    versions = models.ManyToManyField(ModelVersion, related_name="ballots")
    effect = models.FloatField(default=EFFECT)
    votes = models.PositiveSmallIntegerField(default=1, db_default=1)  # on each prompt
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    asked_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True)
    is_judged = models.BooleanField(default=False)  # a language model is asked as well

    def __str__(self) -> str:
        return f"ballot {self.pk} of {self.project_id}"


class Question(models.Model):
    """One prompt of a ballot, with what two versions wrote for it: a task of two texts."""

    ballot = models.ForeignKey(Ballot, models.CASCADE, related_name="questions")
    task = models.OneToOneField(Task, models.CASCADE, related_name="question")
    older = models.ForeignKey(ModelVersion, models.PROTECT, related_name="+")
    newer = models.ForeignKey(ModelVersion, models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"question {self.pk} of ballot {self.ballot_id}"


class Awaited(models.Model):
    """A prompt of a ballot that is no Question yet: two versions' texts are not both there."""

    class LeftOut(models.TextChoices):  # why it never will be one, nor is it drawn again
        ALIKE = "alike"  # both wrote the same
        UNFIT = "unfit"  # one of them cannot take the prompt

    ballot = models.ForeignKey(Ballot, models.CASCADE, related_name="awaited")
    prompt = models.ForeignKey(Prompt, models.CASCADE, related_name="+")
    older = models.ForeignKey(ModelVersion, models.PROTECT, related_name="+")
    newer = models.ForeignKey(ModelVersion, models.PROTECT, related_name="+")
    sampling = models.JSONField()  # rounds.verdict.texts.Sampling: of both texts
    left_out = models.CharField(max_length=10, choices=LeftOut, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["ballot", "prompt", "older", "newer"], name="rounds_awaited_once"
            ),
        ]

    def __str__(self) -> str:
        return f"prompt {self.prompt_id} of ballot {self.ballot_id}"


class Opinion(models.Model):
    """What a language model says of a question, asked in both orders; never added to votes.

    forward: 1 where it prefers the older version's text, which stood first, 0 the newer's, 1/2 a
    tie. backward: asked with the newer one's first, 1 where it prefers that.
    """

    question = models.ForeignKey(Question, models.CASCADE, related_name="opinions")
    judge = models.CharField(max_length=200)  # rounds.verdict.judging.judge
    forward = models.FloatField()
    backward = models.FloatField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["question", "judge"], name="rounds_opinion_once"),
        ]

    def __str__(self) -> str:
        return f"opinion of {self.judge} on question {self.question_id}"


class Said(models.TextChoices):
    """What people's votes say of a version against the one that serves."""

    BETTER = "better", _("better")
    NO_BETTER = "no_better", _("no difference worth having")
    WORSE = "worse", _("worse")
    UNDECIDED = "undecided", _("not enough votes yet")
    NOBODY = "nobody", _("nobody has voted")


class Reason(models.Model):
    """Why a version was promoted that people had not found better; and what they had said."""

    change = models.OneToOneField(AliasChange, models.CASCADE, related_name="reason")
    text = models.TextField()
    verdict = models.CharField(max_length=20, choices=Said)

    def __str__(self) -> str:
        return f"reason of alias change {self.change_id}"
