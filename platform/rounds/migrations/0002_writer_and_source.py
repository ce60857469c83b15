"""A round's model is its writer and a run's its source: a policy is one kind of model version."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("rounds", "0001_initial")]

    operations = [
        migrations.RenameField("round", "policy", "writer"),
        migrations.RenameField("run", "policy", "source"),
    ]
