"""Pairs of answers are packed: all answers are measured once more, in the background."""

from django.db import migrations, models

DUE = "UPDATE quality_projectfigures SET is_stale = true"


class Migration(migrations.Migration):
    dependencies = [("quality", "0006_gold_in_reliability")]

    operations = [
        migrations.RemoveField("taskagreement", "pairs"),
        migrations.RemoveField("taskagreement", "prompt_id"),
        migrations.RemoveField("taskagreement", "round_number"),
        migrations.AddField(
            "taskagreement", "packed", models.BinaryField(default=b"", db_default=b"")
        ),
        migrations.AddIndex(
            "taskagreement",
            models.Index(fields=["project", "task"], name="quality_agreement_by_task"),
        ),
        migrations.AddField("personfigures", "latest", models.CharField(max_length=64, default="")),
        migrations.AddField("projectfigures", "form", models.CharField(max_length=64, default="")),
        migrations.AddField("projectfigures", "newest", models.JSONField(default=dict)),
        # Without it a project in which nobody answers any more would keep its old figures.
        migrations.RunSQL(DUE, migrations.RunSQL.noop),
    ]
