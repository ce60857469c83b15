"""What a new database begins with: the tables as 0021 left them."""

import uuid

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import labeling.kinds
import labeling.models.review
from core.new_tables import NewTables


class Migration(NewTables):
    replaces = [
        ("labeling", "0001_initial"),
        ("labeling", "0002_completions_by_kind"),
        ("labeling", "0003_claims_by_kind"),
        ("labeling", "0004_in_progress"),
        ("labeling", "0005_project_of_annotations"),
        ("labeling", "0006_names_that_look_alike"),
        ("labeling", "0007_conversations"),
        ("labeling", "0008_prompt_withdrawn"),
        ("labeling", "0009_turns"),
        ("labeling", "0010_standing_of_annotations"),
        ("labeling", "0011_purpose_of_tasks"),
        ("labeling", "0012_queue"),
        ("labeling", "0013_checks"),
        ("labeling", "0014_archived_projects"),
        ("labeling", "0015_guided_answers"),
        ("labeling", "0016_erased_answers"),
        ("labeling", "0017_review_queue"),
        ("labeling", "0018_filters_of_answers"),
        ("labeling", "0019_flags"),
        ("labeling", "0020_fewer_entries"),
        ("labeling", "0021_goals_and_given_tasks"),
    ]

    initial = True

    dependencies = [
        ("accounts", "__first__"),
        ("registry", "0001_squashed_0002_second_reward_models"),
    ]

    operations = [
        migrations.CreateModel(
            name="Project",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "slug",
                    models.SlugField(
                        max_length=64,
                        unique=True,
                        validators=[django.core.validators.RegexValidator("^[a-z0-9]")],
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("name_key", models.TextField(editable=False, unique=True)),
                (
                    "description",
                    models.TextField(blank=True, default="", verbose_name="description"),
                ),
                ("guidelines", models.TextField(blank=True, default="", verbose_name="guidelines")),
                ("guideline_version", models.PositiveIntegerField(default=1)),
                ("is_simulated", models.BooleanField(default=False)),
                (
                    "overlap",
                    models.PositiveSmallIntegerField(
                        default=1,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(20),
                        ],
                        verbose_name="answers per task",
                    ),
                ),
                ("completions", models.JSONField(blank=True, default=dict)),
                (
                    "lease_minutes",
                    models.PositiveSmallIntegerField(
                        default=45,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="minutes a task is reserved",
                    ),
                ),
                (
                    "goal",
                    models.PositiveIntegerField(
                        default=0,
                        validators=[django.core.validators.MaxValueValidator(10000)],
                        verbose_name="goal of each annotator",
                    ),
                ),
                (
                    "goal_period",
                    models.CharField(
                        choices=[("day", "A day"), ("week", "A week")],
                        default="day",
                        max_length=4,
                        verbose_name="the goal is for",
                    ),
                ),
                (
                    "frozen_round",
                    models.PositiveIntegerField(db_default=0, default=0, editable=False),
                ),
                ("archived_at", models.DateTimeField(editable=False, null=True)),
                ("deletion_asked_at", models.DateTimeField(editable=False, null=True)),
                (
                    "family",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="project",
                        to="registry.family",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="GuidelineVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="guideline_versions",
                        to="labeling.project",
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("text", models.TextField(blank=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("project", "number"), name="labeling_guideline_version_once"
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to="labeling.project",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("annotator", "Annotator"),
                            ("reviewer", "Reviewer"),
                            ("manager", "Manager"),
                        ],
                        default="annotator",
                        max_length=10,
                    ),
                ),
                ("guidelines_read", models.PositiveIntegerField(default=0)),
                (
                    "kinds",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "languages",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=10),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "goal",
                    models.PositiveIntegerField(
                        null=True, validators=[django.core.validators.MaxValueValidator(10000)]
                    ),
                ),
                (
                    "goal_period",
                    models.CharField(
                        choices=[("day", "A day"), ("week", "A week")], default="day", max_length=4
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("project", "user"), name="labeling_one_membership"
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Prompt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="prompts",
                        to="labeling.project",
                    ),
                ),
                ("messages", models.JSONField()),
                ("sha256", models.CharField(max_length=64)),
                ("likeness", models.CharField(default="", max_length=64)),
                ("conversation", models.CharField(default="", max_length=64)),
                ("group_name", models.CharField(blank=True, default="", max_length=200)),
                ("metadata", models.JSONField(blank=True, default=dict)),
                ("source", models.CharField(blank=True, default="", max_length=200)),
                ("language", models.CharField(default="en", max_length=10)),
                ("use_case", models.CharField(blank=True, default="", max_length=40)),
                (
                    "split",
                    models.CharField(
                        choices=[("train", "Training"), ("heldout", "Held-out")],
                        default="train",
                        max_length=10,
                    ),
                ),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["project", "-id"], name="labeling_prompt_pages"),
                    models.Index(fields=["project", "conversation"], name="labeling_conversations"),
                    models.Index(
                        condition=models.Q(("group_name", ""), _negated=True),
                        fields=["project", "group_name"],
                        name="labeling_groups",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("project", "sha256"), name="labeling_prompt_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PromptUpload",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="uploads",
                        to="labeling.project",
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("content", models.BinaryField()),
                ("encoding", models.CharField(blank=True, default="", max_length=20)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="Completion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "prompt",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="completions",
                        to="labeling.prompt",
                    ),
                ),
                (
                    "model_version",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="completions",
                        to="registry.modelversion",
                    ),
                ),
                ("text", models.TextField()),
                ("tokens", models.PositiveIntegerField(default=0)),
                (
                    "finish_reason",
                    models.CharField(
                        choices=[
                            ("stop", "Ended by itself"),
                            ("length", "Cut at the length limit"),
                        ],
                        default="stop",
                        max_length=10,
                    ),
                ),
                ("sampling", models.JSONField(default=dict)),
                ("seed", models.BigIntegerField(default=0)),
                ("round_number", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="Task",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tasks",
                        to="labeling.project",
                    ),
                ),
                ("kind", models.CharField(choices=labeling.kinds.choices, max_length=20)),
                (
                    "prompt",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tasks",
                        to="labeling.prompt",
                    ),
                ),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("label", "Label"),
                            ("decision", "Decision"),
                            ("verdict", "Verdict"),
                            ("gold", "Gold check"),
                            ("repeat", "Repeat"),
                        ],
                        db_default="label",
                        default="label",
                        max_length=10,
                    ),
                ),
                (
                    "language",
                    models.CharField(blank=True, db_default="", default="", max_length=10),
                ),
                ("round_number", models.PositiveIntegerField(default=1)),
                (
                    "overlap",
                    models.PositiveSmallIntegerField(
                        default=1, validators=[django.core.validators.MinValueValidator(1)]
                    ),
                ),
                ("priority", models.SmallIntegerField(default=0)),
                ("turn", models.PositiveIntegerField(default=0)),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("done", "Done"), ("withdrawn", "Withdrawn")],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("free_slots", models.SmallIntegerField(default=1)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "completions",
                    models.ManyToManyField(
                        blank=True, related_name="tasks", to="labeling.completion"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        models.F("project"),
                        models.OrderBy(models.F("priority"), descending=True),
                        models.F("turn"),
                        models.F("id"),
                        condition=models.Q(("free_slots__gt", 0), ("state", "open")),
                        name="labeling_task_claimable",
                    ),
                    models.Index(
                        models.F("project"),
                        models.F("kind"),
                        models.OrderBy(models.F("priority"), descending=True),
                        models.F("turn"),
                        models.F("id"),
                        condition=models.Q(("free_slots__gt", 0), ("state", "open")),
                        name="labeling_task_claimable_kind",
                    ),
                    models.Index(
                        fields=["project", "round_number", "kind", "language", "state"],
                        include=("free_slots", "id"),
                        name="labeling_task_counts",
                    ),
                    models.Index(fields=["project", "state", "-id"], name="labeling_task_pages"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("free_slots__gte", 0), ("free_slots__lte", models.F("overlap"))
                        ),
                        name="labeling_task_slots",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Assignment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="assignments",
                        to="labeling.task",
                    ),
                ),
                ("slot", models.PositiveSmallIntegerField()),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("label", "Label"),
                            ("decision", "Decision"),
                            ("verdict", "Verdict"),
                            ("gold", "Gold check"),
                            ("repeat", "Repeat"),
                        ],
                        db_default="label",
                        default="label",
                        max_length=10,
                    ),
                ),
                (
                    "annotator",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assignments",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("active", "In progress"),
                            ("submitted", "Submitted"),
                            ("surplus", "Submitted late, kept as an extra answer"),
                            ("skipped", "Skipped"),
                            ("expired", "Expired"),
                            ("revising", "Being corrected"),
                            ("void", "Excluded or taken back"),
                        ],
                        default="active",
                        max_length=10,
                    ),
                ),
                ("lease_until", models.DateTimeField()),
                ("client_key", models.UUIDField(default=uuid.uuid4)),
                ("shown_order", models.JSONField(default=list)),
                ("draft", models.JSONField(null=True)),
                ("draft_version", models.PositiveIntegerField(default=0)),
                ("active_seconds", models.PositiveIntegerField(default=0)),
                ("skip_reason", models.CharField(blank=True, default="", max_length=200)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "active")),
                        fields=["lease_until"],
                        name="labeling_active_leases",
                    ),
                    models.Index(fields=["annotator", "state"], name="labeling_own_assignments"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("slot__gt", 0), ("state__in", ["active", "submitted", "revising"])
                        ),
                        fields=("task", "slot"),
                        name="labeling_slot_once",
                    ),
                    models.UniqueConstraint(
                        fields=("task", "annotator", "purpose"), name="labeling_annotator_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Annotation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="annotations",
                        to="labeling.project",
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="annotations",
                        to="labeling.task",
                    ),
                ),
                (
                    "assignment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="annotations",
                        to="labeling.assignment",
                    ),
                ),
                (
                    "annotator",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="annotations",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("kind", models.CharField(choices=labeling.kinds.choices, max_length=20)),
                ("round_number", models.PositiveIntegerField(db_default=0, default=0)),
                ("language", models.CharField(db_default="", default="", max_length=10)),
                (
                    "split",
                    models.CharField(
                        choices=[("train", "Training"), ("heldout", "Held-out")],
                        db_default="",
                        default="",
                        max_length=10,
                    ),
                ),
                ("body", models.JSONField()),
                ("shown_order", models.JSONField(default=list)),
                ("guideline_version", models.PositiveIntegerField()),
                ("client_key", models.UUIDField(default=uuid.uuid4)),
                ("active_seconds", models.PositiveIntegerField(default=0)),
                ("is_simulated", models.BooleanField(default=False)),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("label", "Label"),
                            ("decision", "Decision"),
                            ("verdict", "Verdict"),
                            ("gold", "Gold check"),
                            ("repeat", "Repeat"),
                        ],
                        db_default="label",
                        default="label",
                        max_length=10,
                    ),
                ),
                (
                    "standing",
                    models.CharField(
                        choices=[
                            ("counts", "Counts"),
                            ("surplus", "Extra"),
                            ("sent_back", "Sent back"),
                            ("superseded", "Corrected"),
                            ("taken_back", "Taken back"),
                            ("excluded", "Excluded"),
                            ("overruled", "Overruled"),
                            ("erased", "Erased"),
                            ("check", "Check"),
                        ],
                        db_default="counts",
                        default="counts",
                        max_length=10,
                    ),
                ),
                (
                    "revises",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="labeling.annotation",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["project", "annotator", "-id"], name="labeling_persons_answers"
                    ),
                    models.Index(fields=["project", "id"], name="labeling_project_answers"),
                    models.Index(
                        fields=["project", "guideline_version", "-id"],
                        name="labeling_guided_answers",
                    ),
                    models.Index(
                        fields=["project", "round_number", "id"], name="labeling_by_round"
                    ),
                    models.Index(fields=["project", "language", "id"], name="labeling_by_language"),
                    models.Index(fields=["project", "kind", "id"], name="labeling_by_kind"),
                    models.Index(fields=["project", "active_seconds"], name="labeling_by_seconds"),
                    models.Index(
                        condition=models.Q(("standing", "counts"), _negated=True),
                        fields=["project", "standing", "id"],
                        name="labeling_by_standing",
                    ),
                    models.Index(
                        condition=models.Q(("split", "heldout")),
                        fields=["project", "id"],
                        name="labeling_heldout_answers",
                    ),
                    models.Index(
                        fields=["project", "created_at"],
                        include=("annotator", "standing", "id"),
                        name="labeling_recent_answers",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("annotator", "client_key"), name="labeling_client_key_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("standing__in", ["counts", "sent_back", "excluded", "overruled"])
                        ),
                        fields=("task", "annotator", "purpose"),
                        name="labeling_one_answer_each",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("purpose", "decision"), ("standing", "counts")),
                        fields=("task",),
                        name="labeling_one_decision",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("revises__isnull", False)),
                        fields=("revises",),
                        name="labeling_corrected_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Review",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                (
                    "actor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "verb",
                    models.CharField(
                        choices=[
                            ("commented", "commented"),
                            ("sent_back", "sent it back"),
                            ("excluded", "excluded it"),
                            ("included", "let it count again"),
                            ("decided", "decided the task by it"),
                            ("taken_back", "took it back"),
                            ("approved", "found it right"),
                        ],
                        max_length=10,
                    ),
                ),
                ("text", models.TextField(blank=True, default="")),
                ("seen_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="CheckSettings",
            fields=[
                (
                    "project",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="checks",
                        serialize=False,
                        to="labeling.project",
                    ),
                ),
                (
                    "gold_percent",
                    models.PositiveSmallIntegerField(
                        default=0, validators=[django.core.validators.MaxValueValidator(20)]
                    ),
                ),
                ("feedback", models.BooleanField(default=False)),
                (
                    "repeat_percent",
                    models.PositiveSmallIntegerField(
                        default=0, validators=[django.core.validators.MaxValueValidator(20)]
                    ),
                ),
                (
                    "repeat_after",
                    models.PositiveSmallIntegerField(
                        default=20,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(1000),
                        ],
                    ),
                ),
                ("screening_since", models.DateTimeField(null=True)),
                (
                    "pass_percent",
                    models.PositiveSmallIntegerField(
                        default=75,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(100),
                        ],
                    ),
                ),
                ("guidelines_first", models.BooleanField(default=False)),
            ],
            options={
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="Gold",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="golds",
                        to="labeling.project",
                    ),
                ),
                (
                    "task",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="gold",
                        to="labeling.task",
                    ),
                ),
                (
                    "answer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="labeling.annotation",
                    ),
                ),
                ("is_test", models.BooleanField(default=False)),
                ("retired_at", models.DateTimeField(null=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="GoldUpload",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="gold_uploads",
                        to="labeling.project",
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("content", models.TextField()),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="CheckScore",
            fields=[
                (
                    "annotation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="score",
                        serialize=False,
                        to="labeling.annotation",
                    ),
                ),
                (
                    "against",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="labeling.annotation",
                    ),
                ),
                (
                    "gold",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="scores",
                        to="labeling.gold",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="labeling.project",
                    ),
                ),
                (
                    "annotator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("label", "Label"),
                            ("decision", "Decision"),
                            ("verdict", "Verdict"),
                            ("gold", "Gold check"),
                            ("repeat", "Repeat"),
                        ],
                        max_length=10,
                    ),
                ),
                ("kind", models.CharField(choices=labeling.kinds.choices, max_length=20)),
                ("agreement", models.FloatField()),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["project", "purpose", "annotator", "kind"],
                        include=("gold", "agreement"),
                        name="labeling_check_scores",
                    )
                ],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="Screening",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="screenings",
                        to="labeling.project",
                    ),
                ),
                (
                    "annotator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="screenings",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("test", "Answers the test"),
                            ("waiting", "Waits for a decision"),
                            ("passed", "Passed"),
                            ("failed", "Not passed"),
                        ],
                        default="test",
                        max_length=10,
                    ),
                ),
                ("attempt", models.PositiveSmallIntegerField(default=1)),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("project", "annotator"), name="labeling_one_screening_each"
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Flagged",
            fields=[
                (
                    "annotation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="flagged",
                        serialize=False,
                        to="labeling.annotation",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="labeling.project",
                    ),
                ),
                ("fast", models.JSONField(null=True)),
                ("place", models.JSONField(null=True)),
                ("line", models.JSONField(null=True)),
                ("far", models.JSONField(null=True)),
                ("computed_at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["project", "annotation"], name="labeling_flags_any"),
                    models.Index(
                        condition=models.Q(("fast__isnull", False)),
                        fields=["project", "annotation"],
                        name="labeling_flags_fast",
                    ),
                    models.Index(
                        condition=models.Q(("place__isnull", False)),
                        fields=["project", "annotation"],
                        name="labeling_flags_place",
                    ),
                    models.Index(
                        condition=models.Q(("line__isnull", False)),
                        fields=["project", "annotation"],
                        name="labeling_flags_line",
                    ),
                    models.Index(
                        condition=models.Q(("far__isnull", False)),
                        fields=["project", "annotation"],
                        name="labeling_flags_far",
                    ),
                ],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="Marked",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "annotation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="marks",
                        to="labeling.annotation",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="labeling.project",
                    ),
                ),
                ("name", models.CharField(max_length=20)),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["project", "name", "annotation"], name="labeling_marks_named"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("annotation", "name"), name="labeling_marked_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ReviewSettings",
            fields=[
                (
                    "project",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="review_settings",
                        serialize=False,
                        to="labeling.project",
                    ),
                ),
                (
                    "spot_percent",
                    models.PositiveSmallIntegerField(
                        default=5, validators=[django.core.validators.MaxValueValidator(100)]
                    ),
                ),
                ("salt", models.CharField(default=labeling.models.review._salt, max_length=16)),
                ("drawn_to", models.BigIntegerField(default=0)),
            ],
            options={
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="ReviewItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="labeling.project",
                    ),
                ),
                (
                    "annotation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="review_items",
                        to="labeling.annotation",
                    ),
                ),
                (
                    "queue",
                    models.CharField(
                        choices=[("spot", "Spot"), ("replies", "Replies")], max_length=10
                    ),
                ),
                ("outcome", models.CharField(blank=True, default="", max_length=10)),
                ("done_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("done_at", None)),
                        fields=["project", "queue", "id"],
                        name="labeling_to_review",
                    ),
                    models.Index(
                        fields=["project", "queue", "outcome"], name="labeling_review_outcomes"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("annotation", "queue"), name="labeling_once_in_a_review_queue"
                    )
                ],
            },
        ),
    ]
