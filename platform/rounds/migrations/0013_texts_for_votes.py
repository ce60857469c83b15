"""Texts that a vote lacks: what waits for them, and the runs that write them."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("labeling", "0022_heldout_by_hash"),
        ("registry", "0001_squashed_0002_second_reward_models"),
        ("rounds", "0001_squashed_0012_learning_curves"),
    ]

    operations = [
        migrations.CreateModel(
            name="Awaited",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sampling", models.JSONField()),
                (
                    "left_out",
                    models.CharField(
                        blank=True,
                        choices=[("alike", "Alike"), ("unfit", "Unfit")],
                        default="",
                        max_length=10,
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="ballot",
            name="votes",
            field=models.PositiveSmallIntegerField(db_default=1, default=1),
        ),
        migrations.AddField(
            model_name="evaluationsample",
            name="run",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="texts",
                to="rounds.run",
            ),
        ),
        migrations.AddField(
            model_name="run",
            name="ballot",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="runs",
                to="rounds.ballot",
            ),
        ),
        migrations.AlterField(
            model_name="evaluationsample",
            name="evaluation",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="samples",
                to="rounds.evaluation",
            ),
        ),
        migrations.AddConstraint(
            model_name="evaluationsample",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("evaluation", None), ("run__isnull", False)),
                    models.Q(("evaluation__isnull", False), ("run", None)),
                    _connector="OR",
                ),
                name="rounds_sample_of_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="evaluationsample",
            constraint=models.UniqueConstraint(fields=("run", "prompt"), name="rounds_text_once"),
        ),
        migrations.AddField(
            model_name="awaited",
            name="ballot",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="awaited",
                to="rounds.ballot",
            ),
        ),
        migrations.AddField(
            model_name="awaited",
            name="newer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="registry.modelversion",
            ),
        ),
        migrations.AddField(
            model_name="awaited",
            name="older",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="registry.modelversion",
            ),
        ),
        migrations.AddField(
            model_name="awaited",
            name="prompt",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="labeling.prompt"
            ),
        ),
        migrations.AddConstraint(
            model_name="awaited",
            constraint=models.UniqueConstraint(
                fields=("ballot", "prompt", "older", "newer"), name="rounds_awaited_once"
            ),
        ),
    ]
