"""A prompt may bring the rubric by which texts for it are graded."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("labeling", "0035_imports"),
    ]

    operations = [
        # A constant: PostgreSQL writes none of the rows.
        migrations.AddField(
            model_name="prompt",
            name="rubric",
            field=models.JSONField(
                blank=True, db_default=models.Value([], models.JSONField()), default=list
            ),
        ),
    ]
