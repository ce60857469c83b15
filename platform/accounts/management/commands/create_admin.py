"""`manage.py create_admin --email you@example.org`: a site admin and a one-time sign-in link."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

from accounts import services


class Command(BaseCommand):
    """Prints the link on stdout, alone on its line."""

    help = "Make a site admin and print a link that signs them in once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """E-mail address, name and how long the link lives."""
        parser.add_argument("--email", required=True)
        parser.add_argument("--name", default="")
        parser.add_argument("--hours", type=float, default=24)

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the person, or make them an admin; CommandError for what is not an address."""
        email = options["email"].strip()
        try:
            validate_email(email)
        except ValidationError as error:
            raise CommandError(f"{email!r} is not an e-mail address") from error
        name = options["name"] or email.partition("@")[0]
        user = services.make_site_admin(email=email, name=name)
        if not user.has_usable_password():
            self.stderr.write("The link leads to a new password; none opens the account now.")
        self.stderr.write(f"{user.email} is a site admin. This link signs in once:")
        self.stdout.write(services.create_sign_in_link(user=user, hours=options["hours"]))
