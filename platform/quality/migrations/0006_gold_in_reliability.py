"""Gold answers tell of reliabilities too; all are computed once more."""

from django.db import migrations, models

ANEW = "UPDATE quality_projectfigures SET is_stale = TRUE"


class Migration(migrations.Migration):
    dependencies = [("quality", "0001_squashed_0005_bounds")]

    operations = [
        migrations.AddField(
            model_name="projectfigures",
            name="golds",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="reliability",
            name="gold",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.RunSQL(ANEW, migrations.RunSQL.noop),
    ]
