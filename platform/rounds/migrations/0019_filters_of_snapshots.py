from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("rounds", "0018_frozen_exports"),
    ]

    operations = [
        migrations.AddField(
            model_name="snapshot",
            name="filters",
            field=models.JSONField(db_default={}, default=dict),
        ),
    ]
