"""`rondo backup` and `rondo restore`: the commands of `manage.py`, where Rondo itself is installed.

The client, which knows only the API, finds `add` by the entry points `rondo.commands`.
"""

import os
from pathlib import Path
from typing import Annotated

import django
import typer
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import OperationalError

Folder = Annotated[Path, typer.Argument(help="The folder of the backup.")]


def add(app: typer.Typer) -> None:
    """Give `app` the commands."""
    app.command()(backup)
    app.command()(restore)


def backup(folder: Folder) -> None:
    """Back up this machine's Rondo, database and artifacts, while people work."""
    _call("backup", folder)


def restore(folder: Folder) -> None:
    """Restore a backup into an empty database and artifact store, and migrate it."""
    _call("restore", folder)


def _call(name: str, folder: Path) -> None:
    """Run the command with the settings of the server, which DATABASE_URL and others say."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        django.setup()
        call_command(name, str(folder))
    except (CommandError, ImproperlyConfigured, OperationalError) as error:
        typer.echo(str(error).strip(), err=True)
        raise typer.Exit(1) from error
