"""People vote on models: what was asked, what it says, and why others were promoted."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

CASCADE, PROTECT = django.db.models.deletion.CASCADE, django.db.models.deletion.PROTECT
VERSION = "registry.modelversion"
SAID = [
    ("better", "better"),
    ("no_better", "no difference worth having"),
    ("worse", "worse"),
    ("undecided", "not enough votes yet"),
    ("nobody", "nobody has voted"),
]


def key():
    return models.BigAutoField(
        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
    )


def version():
    return models.ForeignKey(on_delete=PROTECT, related_name="+", to=VERSION)


class Migration(migrations.Migration):
    dependencies = [
        ("labeling", "0011_purpose_of_tasks"),
        ("registry", "0001_initial"),
        ("rounds", "0006_frozen_rounds"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Verdict",
            fields=[
                (
                    "project",
                    models.OneToOneField(
                        on_delete=CASCADE,
                        primary_key=True,
                        related_name="verdict",
                        serialize=False,
                        to="labeling.project",
                    ),
                ),
                ("last_annotation", models.BigIntegerField(default=0)),
                ("last_review", models.BigIntegerField(default=0)),
                ("is_stale", models.BooleanField(default=True)),
                ("began_at", models.DateTimeField(null=True)),
                ("computed_at", models.DateTimeField(null=True)),
                ("seconds", models.FloatField(default=0)),
                ("figures", models.JSONField(default=dict)),
            ],
        ),
        migrations.CreateModel(
            name="Ballot",
            fields=[
                ("id", key()),
                ("effect", models.FloatField(default=0.6)),
                ("asked_at", models.DateTimeField(auto_now_add=True)),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=CASCADE, related_name="ballots", to="labeling.project"
                    ),
                ),
                ("versions", models.ManyToManyField(related_name="ballots", to=VERSION)),
            ],
        ),
        migrations.CreateModel(
            name="Question",
            fields=[
                ("id", key()),
                (
                    "ballot",
                    models.ForeignKey(
                        on_delete=CASCADE, related_name="questions", to="rounds.ballot"
                    ),
                ),
                ("newer", version()),
                ("older", version()),
                (
                    "task",
                    models.OneToOneField(
                        on_delete=CASCADE, related_name="question", to="labeling.task"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Reason",
            fields=[
                ("id", key()),
                ("text", models.TextField()),
                ("verdict", models.CharField(choices=SAID, max_length=20)),
                (
                    "change",
                    models.OneToOneField(
                        on_delete=CASCADE, related_name="reason", to="registry.aliaschange"
                    ),
                ),
            ],
        ),
    ]
