"""Answers can be corrected, sent back, excluded and decided on: each says how it stands."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

STANDINGS = [
    ("counts", "Counts"),
    ("surplus", "Extra"),
    ("sent_back", "Sent back"),
    ("superseded", "Corrected"),
    ("taken_back", "Taken back"),
    ("excluded", "Excluded"),
    ("overruled", "Overruled"),
]
STATES = [
    ("active", "In progress"),
    ("submitted", "Submitted"),
    ("surplus", "Submitted late, kept as an extra answer"),
    ("skipped", "Skipped"),
    ("expired", "Expired"),
    ("revising", "Being corrected"),
    ("void", "Excluded or taken back"),
]
VERBS = [
    ("commented", "commented"),
    ("sent_back", "sent it back"),
    ("excluded", "excluded it"),
    ("included", "let it count again"),
    ("decided", "decided the task by it"),
    ("taken_back", "took it back"),
]
PRESENT = ["counts", "sent_back", "excluded", "overruled"]
SURPLUS = "UPDATE labeling_annotation SET standing = 'surplus' WHERE is_surplus"


def purpose():
    return models.CharField(
        choices=[("label", "Label"), ("decision", "Decision")],
        db_default="label",
        default="label",
        max_length=10,
    )


def unique(name, fields, condition=None):
    return models.UniqueConstraint(condition=condition, fields=fields, name=name)


class Migration(migrations.Migration):
    dependencies = [
        ("labeling", "0009_turns"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            "project",
            "frozen_round",
            models.PositiveIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.RemoveConstraint("assignment", "labeling_slot_once"),
        migrations.RemoveConstraint("assignment", "labeling_annotator_once"),
        migrations.AddField("assignment", "purpose", purpose()),
        migrations.AlterField(
            "assignment",
            "state",
            models.CharField(choices=STATES, default="active", max_length=10),
        ),
        migrations.AddConstraint(
            "assignment",
            unique(
                "labeling_slot_once",
                ["task", "slot"],
                models.Q(("slot__gt", 0), ("state__in", ["active", "submitted", "revising"])),
            ),
        ),
        migrations.AddConstraint(
            "assignment", unique("labeling_annotator_once", ["task", "annotator", "purpose"])
        ),
        migrations.RemoveConstraint("annotation", "labeling_one_answer_each"),
        migrations.AddField("annotation", "purpose", purpose()),
        migrations.AddField(
            "annotation",
            "standing",
            models.CharField(
                choices=STANDINGS, db_default="counts", default="counts", max_length=10
            ),
        ),
        migrations.AddField(
            "annotation",
            "revises",
            models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="revised_by",
                to="labeling.annotation",
            ),
        ),
        migrations.RunSQL(SURPLUS, migrations.RunSQL.noop),
        migrations.RemoveField("annotation", "is_surplus"),
        migrations.AddConstraint(
            "annotation",
            unique(
                "labeling_one_answer_each",
                ["task", "annotator", "purpose"],
                models.Q(("standing__in", PRESENT)),
            ),
        ),
        migrations.AddConstraint(
            "annotation",
            unique(
                "labeling_one_decision",
                ["task"],
                models.Q(("purpose", "decision"), ("standing", "counts")),
            ),
        ),
        migrations.CreateModel(
            "Review",
            [
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("verb", models.CharField(choices=VERBS, max_length=10)),
                ("text", models.TextField(blank=True, default="")),
                ("seen_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "actor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "annotation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reviews",
                        to="labeling.annotation",
                    ),
                ),
            ],
        ),
    ]
