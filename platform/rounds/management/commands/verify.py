"""`manage.py verify`: which models, snapshots, corpora and exports are missing or damaged."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand

from rounds import artifacts


class Command(BaseCommand):
    """Exit code 0 when all is there, 1 otherwise."""

    help = (
        "Compare the files of models, snapshots, corpora and exports with what the database says."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How thorough."""
        parser.add_argument("--quick", action="store_true", help="only whether the files are there")

    def handle(self, *_: Any, quick: bool, **options: Any) -> None:
        """A line for each folder that is not right, and how many are."""
        right = wrong = 0
        for artifact in artifacts.verify(quick=quick):
            if artifact.fault:
                wrong += 1
                self.stdout.write(f"{artifact.name}: {artifact.fault} ({artifact.uri})")
            else:
                right += 1
        self.stdout.write(
            f"{right} models, snapshots, corpora and exports are whole, {wrong} are not"
        )
        if wrong:
            self.stdout.write("docs/backup.md says how to restore them")
            sys.exit(1)
