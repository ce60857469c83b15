"""A language model may be asked as well, apart from people."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("rounds", "0008_cancelled_rounds")]

    operations = [
        migrations.AddField("ballot", "is_judged", models.BooleanField(default=False)),
        migrations.CreateModel(
            name="Opinion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("judge", models.CharField(max_length=200)),
                ("forward", models.FloatField()),
                ("backward", models.FloatField()),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "question",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="opinions",
                        to="rounds.question",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["question", "judge"], name="rounds_opinion_once"
                    )
                ],
            },
        ),
    ]
