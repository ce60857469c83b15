"""An account can be closed: its row stays under a pseudonym."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_issuers_of_links")]

    operations = [
        migrations.AddField("user", "closed_at", models.DateTimeField(editable=False, null=True)),
    ]
