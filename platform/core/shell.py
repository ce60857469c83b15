"""Commands of `manage.py` as commands of `rondo`, where Rondo itself is installed."""

import os

import typer


def call(name: str, /, *words: object, **options: object) -> None:
    """Run a command with the settings of the server, which DATABASE_URL and others say.

    What it refuses is said, and ends `rondo` with 1. Django is loaded here: `rondo` asks for these
    commands at every start, and most of what it does needs no Django.
    """
    import django
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import CommandError, call_command
    from django.db import OperationalError

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        django.setup()
        call_command(name, *(str(word) for word in words), **options)
    except (CommandError, ImproperlyConfigured, OperationalError) as error:
        typer.echo(str(error).strip(), err=True)
        raise typer.Exit(1) from error
