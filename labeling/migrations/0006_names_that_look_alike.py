"""Projects' names are told apart by eye."""

from django.db import migrations, models

from core.names import name_key


def fill(apps, schema_editor):
    """The oldest of those that look alike keeps the key; the others keep their names as well."""
    Project = apps.get_model("labeling", "Project")
    taken = set()
    for project in Project.objects.order_by("pk"):
        key = name_key(project.name)
        own = f"{key} #{project.pk}" if key in taken else key
        Project.objects.filter(pk=project.pk).update(name_key=own)
        taken.add(key)


class Migration(migrations.Migration):
    dependencies = [
        ("labeling", "0005_project_of_annotations"),
    ]

    operations = [
        migrations.AddField(
            model_name="project",
            name="name_key",
            field=models.TextField(default="", editable=False),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="project",
            name="name_key",
            field=models.TextField(editable=False, unique=True),
        ),
    ]
