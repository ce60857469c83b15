"""The table of Django's database cache, as `createcachetable` makes it.

It holds the counters of the sign-in limits, so it must be there as soon as `migrate` has run.
"""

from django.db import migrations


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.RunSQL(
            [
                """
                CREATE TABLE IF NOT EXISTS core_cache (
                    cache_key varchar(255) NOT NULL PRIMARY KEY,
                    value text NOT NULL,
                    expires timestamp with time zone NOT NULL
                )
                """,
                "CREATE INDEX IF NOT EXISTS core_cache_expires ON core_cache (expires)",
            ],
            ["DROP TABLE core_cache"],
        ),
    ]
