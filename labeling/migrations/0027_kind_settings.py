"""What a project has set of a kind, version by version; tasks name the one they were opened with.

Tasks that are there name none: a column that may be null costs no rewrite of the table.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import labeling.kinds


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("labeling", "0026_lists_by_index_alone"),
    ]

    operations = [
        migrations.CreateModel(
            name="KindSettings",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(choices=labeling.kinds.choices, max_length=20)),
                ("number", models.PositiveIntegerField()),
                ("content", models.JSONField()),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "created_by",
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
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="kind_settings",
                        to="labeling.project",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("project", "kind", "number"), name="labeling_kind_settings_once"
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="task",
            name="settings",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.RESTRICT,
                related_name="+",
                to="labeling.kindsettings",
            ),
        ),
    ]
