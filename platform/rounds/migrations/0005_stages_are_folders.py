"""A stage is found by its folder: the database does not list them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("rounds", "0004_counts_by_table")]

    operations = [
        migrations.AlterField("run", "stage", models.CharField(max_length=40)),
    ]
