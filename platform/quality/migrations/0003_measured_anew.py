"""All answers are looked at once more: for what stands out in them, and for new figures."""

from django.db import migrations

ANEW = "UPDATE quality_projectfigures SET last_annotation = 0, is_stale = TRUE"


class Migration(migrations.Migration):
    dependencies = [("quality", "0002_reliability"), ("labeling", "0019_flags")]

    operations = [migrations.RunSQL(ANEW, migrations.RunSQL.noop)]
