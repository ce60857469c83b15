"""How tables are emptied after a test that commits.

Django truncates all of them, which makes hundreds of files anew (each index is one), and fills its
own again. Here the few rows that there are go, and what nothing changes stays.
"""

from typing import Any

from jobs.services import install

# Filled by Django after each migration, always in the same way.
KEPT = {"auth_permission", "django_content_type"}
MUCH = 2**22  # bytes of a table from which on its rows are not deleted one by one
SIZE = "SELECT max(pg_total_relation_size(name::regclass)) FROM unnest(%s::text[]) AS name"


def statements(operations: Any, _style: Any, tables: list[str], **_: Any) -> list[str]:
    """In the place of Django's `sql_flush`. The lock waits, as TRUNCATE does, for who writes."""
    names = [operations.quote_name(name) for name in tables if name not in KEPT]
    every = ", ".join(names)
    with operations.connection.cursor() as cursor:
        cursor.execute(SIZE, [names])
        (largest,) = cursor.fetchone()
    if largest > MUCH:
        return [f"TRUNCATE {every}"]
    deletes = (f"DELETE FROM {name}" for name in names)  # noqa: S608  our own tables
    return ["; ".join([f"LOCK TABLE {every} IN SHARE ROW EXCLUSIVE MODE", *deletes])]


def note_release(*_: Any, **__: Any) -> None:
    """In the place of all that follows a migration: only the release was deleted with the rows."""
    install()
