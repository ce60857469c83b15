"""Lists of a round, a language or a kind read the index alone: all that came after was read."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("labeling", "0025_chosen_answers"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="annotation",
            name="labeling_by_round",
        ),
        migrations.RemoveIndex(
            model_name="annotation",
            name="labeling_by_language",
        ),
        migrations.RemoveIndex(
            model_name="annotation",
            name="labeling_by_kind",
        ),
        migrations.AddIndex(
            model_name="annotation",
            index=models.Index(
                fields=["project", "round_number", "id"],
                include=("standing",),
                name="labeling_by_round",
            ),
        ),
        migrations.AddIndex(
            model_name="annotation",
            index=models.Index(
                fields=["project", "language", "id"],
                include=("standing",),
                name="labeling_by_language",
            ),
        ),
        migrations.AddIndex(
            model_name="annotation",
            index=models.Index(
                fields=["project", "kind", "id"], include=("standing",), name="labeling_by_kind"
            ),
        ),
    ]
