"""`manage.py build_translations`: compile the catalogs; with --missing say what they lack."""

from argparse import ArgumentParser
from typing import Any

import polib
from django.conf import settings
from django.core.management.base import BaseCommand

from core import translations


class Command(BaseCommand):
    """Works without GNU gettext."""

    help = "Compile the catalogs of Simplified Chinese."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """--missing prints entries to paste into the catalogs."""
        parser.add_argument("--missing", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Compile, or list."""
        if options["missing"]:
            self.list_missing()
            return
        for path in translations.build(settings.ROOT):
            self.stdout.write(f"wrote {path.relative_to(settings.ROOT)}")

    def list_missing(self) -> None:
        """Print an empty entry for each string without a translation, app by app."""
        for app, texts in translations.missing(settings.ROOT).items():
            self.stdout.write(f"# {app.relative_to(settings.ROOT) / translations.CATALOG}\n")
            for message, file in texts.items():
                entry = polib.POEntry(
                    msgid=message.text,
                    msgid_plural=message.plural,
                    msgctxt=message.context or None,
                    msgstr_plural={0: ""} if message.plural else {},
                    occurrences=[(file, "")],
                )
                self.stdout.write(str(entry))
