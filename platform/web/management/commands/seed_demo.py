"""`manage.py seed_demo`: the sample project, and one-time links for its people."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from web import demo


class Command(BaseCommand):
    """Goes on where it was: what is there already stays as people left it."""

    help = "Make the sample project if it is missing and print one-time sign-in links on stdout."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which base model writes the first completions."""
        parser.add_argument("--base-model", default=demo.SMOLLM2)

    def handle(self, *_: Any, **options: Any) -> None:
        """Seed and print a line per person."""
        project = demo.seed(base_model=options["base_model"])
        self.stderr.write(f"The sample project “{project.name}” is there.")
        for who, link in demo.sign_in_links(hours=12):
            self.stdout.write(f"{who:<18} {link}")
