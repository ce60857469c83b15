"""The row of a corpus."""

from django.conf import settings
from django.db import models

from labeling.models import Project

FILE = "corpus.parquet"  # of its folder: a row for each text


class Corpus(models.Model):
    """The texts of a file as a frozen, content-addressed folder (rounds.corpora.storing)."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="corpora")
    name = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)  # of the folder, whose texts it names
    uri = models.CharField(max_length=500)
    manifest = models.JSONField()
    texts = models.PositiveIntegerField()
    characters = models.PositiveBigIntegerField()
    beginning = models.CharField(max_length=200)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "name"], name="rounds_corpus_name"),
            models.UniqueConstraint(fields=["project", "sha256"], name="rounds_corpus_content"),
        ]

    def __str__(self) -> str:
        return f"corpus {self.sha256[:12]}"
