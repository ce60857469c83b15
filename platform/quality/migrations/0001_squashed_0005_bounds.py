"""What a new database begins with: the tables as 0005 left them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import labeling.kinds
from core.new_tables import NewTables


class Migration(NewTables):
    replaces = [
        ("quality", "0001_figures"),
        ("quality", "0002_reliability"),
        ("quality", "0003_measured_anew"),
        ("quality", "0004_bias"),
        ("quality", "0005_bounds"),
    ]

    initial = True

    dependencies = [
        ("accounts", "__first__"),
        ("labeling", "0001_squashed_0021_goals_and_given_tasks"),
    ]

    operations = [
        migrations.CreateModel(
            name="ProjectFigures",
            fields=[
                (
                    "project",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
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
                ("groups", models.JSONField(default=list)),
                ("bias", models.JSONField(default=list)),
            ],
            options={
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="TaskAgreement",
            fields=[
                (
                    "task",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="agreement",
                        serialize=False,
                        to="labeling.task",
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
                ("prompt_id", models.BigIntegerField()),
                ("kind", models.CharField(choices=labeling.kinds.choices, max_length=20)),
                ("round_number", models.PositiveIntegerField()),
                ("language", models.CharField(max_length=10)),
                ("split", models.CharField(max_length=10)),
                ("answers", models.PositiveSmallIntegerField()),
                ("agreement", models.FloatField(null=True)),
                ("pairs", models.JSONField()),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["project", "kind", "agreement", "task"],
                        name="quality_least_agreement",
                    )
                ],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="PersonFigures",
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
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("is_stale", models.BooleanField(default=True)),
                ("computed_at", models.DateTimeField(null=True)),
                ("body", models.JSONField(default=dict)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("project", "person"), name="quality_person_once"
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="Reliability",
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
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("value", models.FloatField()),
                ("low", models.FloatField()),
                ("high", models.FloatField()),
                ("answers", models.PositiveIntegerField()),
                ("pairs", models.PositiveIntegerField()),
                ("computed_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("project", "person"), name="quality_reliability_once"
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="AgreementBound",
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
                ("kind", models.CharField(choices=labeling.kinds.choices, max_length=20)),
                ("bound", models.FloatField()),
                ("fell_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("project", "kind"), name="quality_bound_once")
                ],
                "indexes": [],
            },
        ),
    ]
