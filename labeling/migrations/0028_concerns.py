"""Concerns and a comment go with an answer of any kind; reviewers find them in queues."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("labeling", "0027_kind_settings")]

    operations = [
        # Constants: PostgreSQL writes none of the rows.
        migrations.AddField(
            "annotation",
            "concerns",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("unsafe", "Unsafe or disturbing content"),
                        ("personal_data", "Someone's personal data"),
                        ("wrong_language", "In the wrong language"),
                        ("needs_expert", "It needs an expert"),
                        ("broken", "Broken: cut off, garbled or empty"),
                    ],
                    max_length=20,
                ),
                db_default=[],
                default=list,
                size=None,
            ),
        ),
        migrations.AddField("annotation", "comment", models.TextField(db_default="", default="")),
        migrations.AddIndex(
            "annotation",
            models.Index(
                fields=["project", "id"],
                name="labeling_concerned_answers",
                condition=models.Q(("concerns", []), _negated=True),
            ),
        ),
        migrations.AlterField(
            "reviewitem",
            "queue",
            models.CharField(
                choices=[
                    ("spot", "Spot"),
                    ("replies", "Replies"),
                    ("expert", "Expert"),
                    ("concerns", "Concerns"),
                ],
                max_length=10,
            ),
        ),
    ]
