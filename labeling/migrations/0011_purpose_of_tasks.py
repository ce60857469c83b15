"""Tasks say what their answers are for: labels, or votes on models."""

from django.db import migrations, models

CHOICES = [("label", "Label"), ("decision", "Decision"), ("verdict", "Verdict")]


def purpose():
    return models.CharField(choices=CHOICES, db_default="label", default="label", max_length=10)


class Migration(migrations.Migration):
    dependencies = [("labeling", "0010_standing_of_annotations")]

    operations = [
        migrations.AddField("task", "purpose", purpose()),
        migrations.AlterField("annotation", "purpose", purpose()),
        migrations.AlterField("assignment", "purpose", purpose()),
    ]
