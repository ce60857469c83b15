"""`manage.py restore FOLDER`: what `manage.py backup` has made, into an empty place."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError

from backups.restoring import restore
from core.errors import RondoError


class Command(BaseCommand):
    """Refuses a database or an artifact store that is not empty."""

    help = "Restore a backup into an empty database and artifact store, and migrate it."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where from."""
        parser.add_argument("folder", type=Path, help="that `backup` has filled")

    def handle(self, *_: Any, folder: Path, verbosity: int, **options: Any) -> None:
        """What is being restored, and what is there at last."""
        try:
            made = restore(folder, tell=self.stdout.write if verbosity > 1 else lambda _text: None)
        except (RondoError, OSError) as error:
            raise CommandError(str(error)) from error
        rows, number = sum(made.tables.values()), len(made.artifacts)
        self.stdout.write(
            f"restored, as of {made.created_at}: {rows} rows, "
            f"{number} models, snapshots, corpora and exports"
        )
        for uri, reason in made.missing.items():
            self.stderr.write(f"was not in the backup: {uri}: {reason}")
