"""How many completions a task shows is stored for each kind that asks, not for rankings alone."""

from django.db import migrations, models


def to_kinds(apps, schema_editor):
    for project in apps.get_model("labeling", "Project").objects.all():
        project.completions = {"ranking": project.completions_per_ranking}
        project.save(update_fields=["completions"])


def to_rankings(apps, schema_editor):
    for project in apps.get_model("labeling", "Project").objects.all():
        project.completions_per_ranking = project.completions.get("ranking", 4)
        project.save(update_fields=["completions_per_ranking"])


class Migration(migrations.Migration):
    dependencies = [("labeling", "0001_initial")]

    operations = [
        migrations.AddField("project", "completions", models.JSONField(blank=True, default=dict)),
        migrations.RunPython(to_kinds, to_rankings),
        migrations.RemoveField("project", "completions_per_ranking"),
    ]
