"""Workers report themselves; database and jobs say by which version of Rondo they were made."""

from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):
    dependencies = [("jobs", "0002_stage_before")]

    operations = [
        migrations.CreateModel(
            name="Release",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("created_at", models.DateTimeField(db_default=Now())),
            ],
        ),
        migrations.CreateModel(
            name="Worker",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=120, unique=True)),
                ("queues", models.JSONField(default=list)),
                ("release", models.CharField(max_length=200)),
                ("seen_at", models.DateTimeField(db_default=Now())),
            ],
        ),
        migrations.AddField(
            "job", "release", models.CharField(blank=True, default="", max_length=200)
        ),
        migrations.AddField("job", "declined", models.JSONField(default=dict)),
    ]
