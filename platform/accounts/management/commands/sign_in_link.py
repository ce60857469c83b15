"""`manage.py sign_in_link --email ada@example.org`: a one-time link for whoever cannot sign in."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts import services
from accounts.models import User


class Command(BaseCommand):
    """Prints the link on stdout, alone on its line."""

    help = "Print a link that signs in, once, someone who has an account."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """E-mail address and how long the link lives."""
        parser.add_argument("--email", required=True)
        parser.add_argument("--hours", type=float, default=24)

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the link and nobody an admin; CommandError where there is no open account."""
        email = options["email"].strip()
        user = User.objects.filter(email__iexact=email, is_active=True).first()
        if user is None:
            raise CommandError(f"no open account has the address {email!r}")
        self.stderr.write(f"This link signs {user.email} in once:")
        self.stdout.write(services.create_sign_in_link(user=user, hours=options["hours"]))
