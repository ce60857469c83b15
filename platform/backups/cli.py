"""`rondo backup`, `restore`, `project`: commands of `manage.py`, where Rondo itself is installed.

The client, which knows only the API, finds `add` by the entry points `rondo.commands`.
"""

from pathlib import Path
from typing import Annotated

import typer

from core.shell import call

Folder = Annotated[Path, typer.Argument(help="The folder of the backup.")]
Originals = Annotated[
    bool, typer.Option("--originals", help="With personal data that was taken out of prompts.")
]
Manager = Annotated[str, typer.Option(help="Whose e-mail address: the project's manager here.")]
Slug = Annotated[str, typer.Option(help="In the place of its short name.")]
Name = Annotated[str, typer.Option(help="In the place of its name.")]


def add(app: typer.Typer) -> None:
    """Give `app` the commands."""
    app.command()(backup)
    app.command()(restore)
    project = typer.Typer(no_args_is_help=True)
    project.command("export")(export_project)
    project.command("import")(import_project)
    app.add_typer(project, name="project", help="Move one project between servers, as a folder.")


def backup(folder: Folder) -> None:
    """Back up this machine's Rondo, database and artifacts, while people work."""
    call("backup", folder)


def restore(folder: Folder) -> None:
    """Restore a backup into an empty database and artifact store, and migrate it."""
    call("restore", folder)


def export_project(slug: str, folder: Path, originals: Originals = False) -> None:
    """Write one project, with people as pseudonyms and all artifacts, into a new folder."""
    call("export_project", slug, folder, originals=originals)


def import_project(folder: Path, manager: Manager, slug: Slug = "", name: Name = "") -> None:
    """Bring a project that another server has exported: all of it, or nothing."""
    call("import_project", folder, manager=manager, slug=slug, name=name)
