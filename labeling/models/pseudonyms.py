"""Names in exports that people brought with them."""

from django.conf import settings
from django.db import models

from labeling.models.projects import Project


class Pseudonym(models.Model):
    """The name of a person in a project's exports, as it was on the server that it came from."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="pseudonyms", db_index=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    name = models.CharField(max_length=20)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "person"], name="labeling_pseudonym_once"),
        ]

    def __str__(self) -> str:
        return self.name
