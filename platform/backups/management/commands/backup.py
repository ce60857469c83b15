"""`manage.py backup FOLDER`: database and artifacts, while people work."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError

from backups.making import make
from core.errors import RondoError


class Command(BaseCommand):
    """Exit code 0 when all is there, 1 when an artifact could not be copied or nothing was."""

    help = "Back up the database and all artifacts into a folder; again into the same one for more."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to."""
        parser.add_argument("folder", type=Path, help="new, empty, or with an earlier backup")

    def handle(self, *_: Any, folder: Path, verbosity: int, **options: Any) -> None:
        """What is being copied, and what is there at last."""
        try:
            made = make(folder, tell=self.stdout.write if verbosity > 1 else lambda _text: None)
        except (RondoError, OSError) as error:
            raise CommandError(str(error)) from error
        rows, number = sum(made.tables.values()), len(made.artifacts)
        self.stdout.write(f"{folder}: {rows} rows, {number} models, snapshots, corpora and exports")
        for uri, reason in made.missing.items():
            self.stderr.write(f"not in the backup: {uri}: {reason}")
        if made.missing:
            sys.exit(1)
