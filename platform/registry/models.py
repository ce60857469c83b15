"""Model versions, which never change, and the aliases that point at them."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from jobs.models import Job
from registry.queries import ModelVersionQuerySet


class Family(models.Model):
    """The model versions of one project; a version's number counts within its family and kind."""

    name = models.CharField(max_length=64, unique=True)

    class Meta:
        verbose_name_plural = "families"

    def __str__(self) -> str:
        return self.name


class ModelVersion(models.Model):
    """One immutable model: where it lies, what it is made from, what it scored."""

    class Kind(models.TextChoices):
        BASE = "base", _("Base model")
        SFT = "sft", _("SFT model")
        REWARD = "reward", _("Reward model")
        # Of other labels than the reward model's: no policy is trained on it.
        SECOND = "second", _("Second reward model")
        POLICY = "policy", _("Policy")

    SCORES = Kind.REWARD, Kind.SECOND  # what they write is a number

    # Base models belong to no family: every project may start from them.
    family = models.ForeignKey(Family, models.PROTECT, null=True, related_name="versions")
    kind = models.CharField(max_length=10, choices=Kind)
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=120)  # "smollm2-135m-instruct", "policy v2"
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    job = models.OneToOneField(Job, models.PROTECT, null=True, related_name="model_version")

    sha256 = models.CharField(max_length=64)  # of the manifest
    uri = models.CharField(max_length=500)  # of the folder in the artifact store
    manifest = models.JSONField()  # file -> {sha256, size}
    template_hash = models.CharField(max_length=64, default="", blank=True)
    parameters = models.BigIntegerField(default=0)
    source = models.CharField(max_length=300, default="", blank=True)
    licence = models.CharField(max_length=80, default="", blank=True)
    metrics = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ModelVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["family", "kind", "number"],
                name="registry_version_number",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def writes(self) -> bool:
        """Whether it can write completions, and so serve."""
        return self.kind not in ModelVersion.SCORES


class Alias(models.Model):
    """A name that points at one version of a family, `serving` above all."""

    SERVING = "serving"

    family = models.ForeignKey(Family, models.CASCADE, related_name="aliases")
    name = models.CharField(max_length=40, default=SERVING)
    version = models.ForeignKey(ModelVersion, models.PROTECT, related_name="aliases")

    class Meta:
        verbose_name_plural = "aliases"
        constraints = [
            models.UniqueConstraint(fields=["family", "name"], name="registry_alias_name"),
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.family_id}"


class AliasChange(models.Model):
    """One move of an alias: the history that makes a return one click."""

    family = models.ForeignKey(Family, models.CASCADE, related_name="alias_changes")
    name = models.CharField(max_length=40)
    version = models.ForeignKey(ModelVersion, models.PROTECT, related_name="+")
    previous = models.ForeignKey(ModelVersion, models.PROTECT, null=True, related_name="+")
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.name} -> {self.version_id}"
