from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("labeling", "0022_heldout_by_hash"),
    ]

    operations = [
        # A constant: PostgreSQL writes none of the rows.
        migrations.AddField(
            model_name="task",
            name="is_chosen",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
