"""`rondo backup` and `rondo restore`: the commands of `manage.py`, where Rondo itself is installed.

The client, which knows only the API, finds `add` by the entry points `rondo.commands`.
"""

from pathlib import Path
from typing import Annotated

import typer

from core.shell import call

Folder = Annotated[Path, typer.Argument(help="The folder of the backup.")]


def add(app: typer.Typer) -> None:
    """Give `app` the commands."""
    app.command()(backup)
    app.command()(restore)


def backup(folder: Folder) -> None:
    """Back up this machine's Rondo, database and artifacts, while people work."""
    call("backup", folder)


def restore(folder: Folder) -> None:
    """Restore a backup into an empty database and artifact store, and migrate it."""
    call("restore", folder)
