"""Links say who asked for them, so that they are judged again when they are used."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# The audit trail knows it: an entry of the same request names the person and the manager. What it
# does not name was made on the server.
FIND_ISSUERS = """
UPDATE accounts_signinlink link SET issuer_id = (
    SELECT entry.actor_id FROM accounts_auditentry entry
    WHERE entry.action IN ('member.added', 'member.linked')
      AND entry.details ->> 'user' = link.user_id::text
      AND entry.created_at BETWEEN link.created_at - interval '5 seconds' AND link.created_at
    ORDER BY entry.created_at DESC LIMIT 1
) WHERE used_at IS NULL;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_sessions_with_people"),
    ]

    operations = [
        migrations.AddField(
            model_name="signinlink",
            name="issuer",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.RunSQL(FIND_ISSUERS, migrations.RunSQL.noop),
    ]
