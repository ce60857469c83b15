"""Projects can be archived, and then deleted."""

from django.db import migrations, models


def moment():
    return models.DateTimeField(editable=False, null=True)


class Migration(migrations.Migration):
    dependencies = [("labeling", "0013_checks")]

    operations = [
        migrations.AddField("project", "archived_at", moment()),
        migrations.AddField("project", "deletion_asked_at", moment()),
    ]
