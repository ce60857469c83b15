from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("labeling", "0042_originals"),
    ]

    operations = [
        migrations.AddField(
            model_name="project",
            name="licence",
            field=models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
    ]
