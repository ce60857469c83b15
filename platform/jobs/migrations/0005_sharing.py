"""Workers say how many processes share a training on them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("jobs", "0004_steps_of_what_succeeded")]

    operations = [
        migrations.AddField("worker", "processes", models.PositiveIntegerField(default=1)),
        migrations.AddField("worker", "shards", models.BooleanField(default=False)),
    ]
