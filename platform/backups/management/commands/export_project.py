"""`manage.py export_project SLUG FOLDER`: one project, for another server or to be kept."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError

from backups.moving.exporting import export
from core.errors import RondoError


class Command(BaseCommand):
    """Exit code 0 when all is there, 1 when an artifact could not be copied or nothing was."""

    help = "Write one project, with people as pseudonyms and all artifacts, into a new folder."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What, and where to."""
        parser.add_argument("slug", help="the project's short name, as in its address")
        parser.add_argument("folder", type=Path, help="new or empty")
        parser.add_argument(
            "--originals",
            action="store_true",
            help="with the personal data that was taken out of prompts",
        )

    def handle(
        self, *_: Any, slug: str, folder: Path, originals: bool, verbosity: int, **options: Any
    ) -> None:
        """What is being written, and what is there at last."""
        tell = self.stdout.write if verbosity > 1 else lambda _text: None
        try:
            made = export(slug, folder, originals=originals, tell=tell)
        except (RondoError, OSError) as error:
            raise CommandError(str(error)) from error
        rows = sum(table.rows for table in made.tables.values())
        self.stdout.write(
            f"{folder}: {made.name}, {rows} rows, {len(made.people)} people, "
            f"{len(made.artifacts)} models, snapshots, corpora and exports"
        )
        for uri, reason in made.missing.items():
            self.stderr.write(f"not in the folder: {uri}: {reason}")
        if made.missing:
            sys.exit(1)
