"""An answer is in fewer indexes: one for what it corrects has those alone that correct something.

And the index of a person's answers says who has answered in a project.
"""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("labeling", "0019_flags")]

    operations = [
        migrations.RemoveIndex("annotation", "labeling_own_answers"),
        migrations.AddIndex(
            "annotation",
            models.Index(fields=["project", "annotator", "-id"], name="labeling_persons_answers"),
        ),
        migrations.AlterField(
            "annotation",
            "revises",
            models.ForeignKey(
                "labeling.Annotation",
                django.db.models.deletion.PROTECT,
                null=True,
                blank=True,
                related_name="+",
                db_index=False,
            ),
        ),
        migrations.AddConstraint(
            "annotation",
            models.UniqueConstraint(
                fields=["revises"],
                name="labeling_corrected_once",
                condition=models.Q(revises__isnull=False),
            ),
        ),
    ]
