"""Labels that came with a file: which file, who gave them there, and what else it said."""

from django.db import models

from labeling.models.annotations import Annotation
from labeling.models.imports import Import
from labeling.models.projects import Project


class ImportedLabel(models.Model):
    """Beside an annotation of the purpose IMPORTED, whose annotator is nobody's account.

    sha256: of the prompt, what was said and by whom: the same label is stored once. who: a
    pseudonym of the person, the same in all files of the project; "" where the file names none.
    about: what the file said of the label: scores, models, times.
    """

    annotation = models.OneToOneField(
        Annotation, models.CASCADE, primary_key=True, related_name="imported_label"
    )
    project = models.ForeignKey(Project, models.CASCADE, related_name="+", db_index=False)
    imported = models.ForeignKey(Import, models.CASCADE, related_name="imported_labels")
    sha256 = models.CharField(max_length=64)
    who = models.CharField(max_length=20, blank=True, default="")
    about = models.JSONField(blank=True, default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "sha256"], name="labeling_imported_label_once"
            ),
        ]

    def __str__(self) -> str:
        return f"imported label {self.pk}"
