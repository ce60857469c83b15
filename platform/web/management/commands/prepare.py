"""`manage.py prepare`: what has to be done before Rondo of this version can start."""

from typing import Any

from django.core.management import BaseCommand, call_command

STEPS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("migrate", {"interactive": False}),
    ("build_translations", {}),
    ("collectstatic", {"interactive": False}),
)


class Command(BaseCommand):
    """Harmless to run again."""

    help = "Migrate the database, build the translations and collect the static files."

    def handle(self, *_: Any, **options: Any) -> None:
        """Run each step; the first that fails ends it."""
        for name, settings in STEPS:
            call_command(name, verbosity=options["verbosity"], **settings)
