from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("labeling", "0046_uploads_in_parts")]

    operations = [
        migrations.AddField(
            model_name="promptupload",
            name="columns",
            field=models.JSONField(default=dict, db_default=models.Value({}, models.JSONField())),
        ),
    ]
