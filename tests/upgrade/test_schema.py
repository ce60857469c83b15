"""A database that was upgraded has the tables of a new one."""

import pytest
from django.db import connection

from tests.upgrade.upgraded import Then, in_database

# Without the names of indexes and constraints: those of a renamed column keep the older name. A
# condition that was dumped and restored has its casts written in another place.
CATALOGUE = {
    "columns": """
        SELECT table_name, column_name, data_type, character_maximum_length, is_nullable,
               column_default, is_identity
        FROM information_schema.columns WHERE table_schema = 'public'
    """,
    "indexes": r"""
        SELECT tablename, regexp_replace(
            regexp_replace(indexdef, 'INDEX \S+ ON', 'INDEX ON'),
            '::character varying|::text|\[\]|[()]', '', 'g'
        ) FROM pg_indexes
        WHERE schemaname = 'public'
    """,
    "constraints": """
        SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace
    """,
}


def catalogue() -> dict[str, list[tuple[object, ...]]]:
    """What the database says of its tables, in an order of its own."""
    with connection.cursor() as cursor:
        found = {}
        for name, query in CATALOGUE.items():
            cursor.execute(query)
            found[name] = sorted(cursor.fetchall(), key=repr)
        return found


@pytest.mark.django_db(transaction=True)
def test_an_upgraded_database_has_the_tables_of_a_new_one(migrated: Then):
    new = catalogue()  # the tests' own database was made from nothing
    with in_database(migrated.database):
        upgraded = catalogue()

    assert upgraded == new
    assert len(new["columns"]) > 300
