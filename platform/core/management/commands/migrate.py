"""`manage.py migrate`: a migration is there and noted, or neither, whenever it is interrupted."""

from typing import Any

from django.core.management.commands import migrate
from django.db import transaction
from django.db.migrations.executor import MigrationExecutor

Command = migrate.Command


class Executor(MigrationExecutor):
    """Django's, which notes a migration after the transaction that made it.

    Killed between the two, it would try to make the same tables again, and fail for ever.
    """

    def apply_migration(self, state: Any, migration: Any, *how: Any, **named: Any) -> Any:
        """Run it and note it in one transaction, where it does not ask for none."""
        if not migration.atomic:
            return super().apply_migration(state, migration, *how, **named)
        with transaction.atomic(using=self.connection.alias):
            return super().apply_migration(state, migration, *how, **named)


setattr(migrate, "MigrationExecutor", Executor)  # noqa: B010  Django has no setting for it
