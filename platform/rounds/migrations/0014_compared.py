"""What each answer says of versions is stored; it is found once more, in the background."""

import django.db.models.deletion
from django.db import migrations, models

PROJECT = models.ForeignKey(
    db_index=False,
    on_delete=django.db.models.deletion.CASCADE,
    related_name="+",
    to="labeling.project",
)
ANNOTATION = models.OneToOneField(
    on_delete=django.db.models.deletion.CASCADE,
    primary_key=True,
    related_name="+",
    serialize=False,
    to="labeling.annotation",
)


class Migration(migrations.Migration):
    dependencies = [
        ("labeling", "0001_squashed_0021_goals_and_given_tasks"),
        ("rounds", "0013_texts_for_votes"),
    ]

    operations = [
        migrations.AddField("verdict", "compared_annotation", models.BigIntegerField(default=0)),
        migrations.AddField("verdict", "compared_review", models.BigIntegerField(default=0)),
        migrations.CreateModel(
            name="Compared",
            fields=[
                ("annotation", ANNOTATION),
                ("project", PROJECT),
                ("prompt_id", models.BigIntegerField()),
                ("is_vote", models.BooleanField()),
                ("outcomes", models.JSONField()),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["project", "is_vote", "annotation"], name="rounds_compared_in_order"
                    )
                ]
            },
        ),
    ]
