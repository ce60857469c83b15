from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("labeling", "0007_conversations")]

    operations = [
        migrations.AddField(
            model_name="prompt",
            name="withdrawn_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
