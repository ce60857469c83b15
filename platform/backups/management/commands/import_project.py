"""`manage.py import_project FOLDER`: what `manage.py export_project` has written."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError

from backups.moving.importing import bring
from core.errors import RondoError


class Command(BaseCommand):
    """All of it, or nothing."""

    help = "Bring a project that another server has exported, or this one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where from, who manages it, and what it is called here."""
        parser.add_argument("folder", type=Path, help="that `export_project` has written")
        parser.add_argument(
            "--manager", required=True, help="the e-mail address of an account: its manager here"
        )
        parser.add_argument("--slug", default="", help="in the place of its short name")
        parser.add_argument("--name", default="", help="in the place of its name")

    def handle(
        self,
        *_: Any,
        folder: Path,
        manager: str,
        slug: str,
        name: str,
        verbosity: int,
        **options: Any,
    ) -> None:
        """What is being read, and what is there at last."""
        tell = self.stdout.write if verbosity > 1 else lambda _text: None
        try:
            project, made = bring(folder, manager=manager, slug=slug, name=name, tell=tell)
        except (RondoError, OSError) as error:
            raise CommandError(str(error)) from error
        rows = sum(table.rows for table in made.tables.values())
        self.stdout.write(
            f"{project.slug}: as of {made.created_at}, {rows} rows, {len(made.people)} people, "
            f"{len(made.artifacts)} models, snapshots, corpora and exports"
        )
        for uri, reason in made.missing.items():
            self.stderr.write(f"was not in the folder: {uri}: {reason}")
