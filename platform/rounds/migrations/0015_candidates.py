from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("rounds", "0014_compared"),
    ]

    operations = [
        migrations.AddField(
            model_name="round",
            name="candidates",
            field=models.JSONField(default=dict),
        ),
    ]
