"""`manage.py seed_demo`: the sample project, and one-time links for its people."""

from typing import Any

from django.core.management.base import BaseCommand

from web import demo


class Command(BaseCommand):
    """Goes on where it was: what is there already stays as people left it."""

    help = "Make the sample project if it is missing and print one-time sign-in links on stdout."

    def handle(self, *_: Any, **__: Any) -> None:
        """Seed and print a line per person."""
        project = demo.seed()
        self.stderr.write(f"The sample project “{project.name}” is there.")
        for who, link in demo.sign_in_links(hours=12):
            self.stdout.write(f"{who:<18} {link}")
