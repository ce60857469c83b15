"""Files that are kept come in parts; those that wait while this runs are one part each."""

import django.db.models.deletion
from django.db import migrations, models

SIZES = "UPDATE labeling_promptupload SET size = octet_length(content)"
WHOLE = """
INSERT INTO labeling_uploadpart (upload_id, number, content)
SELECT id, 0, content FROM labeling_promptupload
"""
# Compressing them costs more than they take for their hours.
PLAIN = "ALTER TABLE labeling_uploadpart ALTER COLUMN content SET STORAGE EXTERNAL"


class Migration(migrations.Migration):
    dependencies = [("labeling", "0045_import_jobs")]

    operations = [
        migrations.AddField("promptupload", "size", models.BigIntegerField(default=0)),
        migrations.RunSQL(SIZES, migrations.RunSQL.noop),
        migrations.AlterField("promptupload", "size", models.BigIntegerField()),
        migrations.CreateModel(
            name="UploadPart",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.IntegerField()),
                ("content", models.BinaryField()),
                (
                    "upload",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="parts",
                        to="labeling.promptupload",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("upload", "number"), name="labeling_upload_part_once"
                    )
                ]
            },
        ),
        migrations.RunSQL(PLAIN, migrations.RunSQL.noop),
        migrations.RunSQL(WHOLE, migrations.RunSQL.noop),
        migrations.RemoveField("promptupload", "content"),
    ]
