"""`manage.py push_model 12 owner/name`."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError

from core.errors import RondoError
from registry.models import ModelVersion
from rounds.pushing.pushing import push


class Command(BaseCommand):
    """Prints the address of the commit."""

    help = "Push a model with its card to the Hugging Face Hub, or to the server at HF_ENDPOINT."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which, and where to."""
        parser.add_argument("model", type=int, help="its number: that of its page's address")
        parser.add_argument("repo", help="owner/name; made, and private, where there is none")
        parser.add_argument("--public", action="store_true", help="make it for everybody to see")

    def handle(self, *_: Any, model: int, repo: str, public: bool, **options: Any) -> None:
        """CommandError where it cannot be pushed."""
        version = ModelVersion.objects.filter(pk=model).first()
        if version is None:
            raise CommandError(f"There is no model {model}: the page “Models” lists them.")
        try:
            self.stdout.write(push(version, repo=repo, is_public=public))
        except RondoError as error:
            raise CommandError(error.message) from error
