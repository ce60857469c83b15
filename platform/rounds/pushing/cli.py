"""`rondo models push`: the command of `manage.py`, where Rondo itself is installed.

The client, which knows only the API, finds `add` by the entry points `rondo.commands`.
"""

from typing import Annotated

import typer

from core.shell import call

GROUP = "models"
Model = Annotated[int, typer.Argument(help="Its number, as `rondo models list` says it.")]
Repo = Annotated[str, typer.Argument(help="owner/name: made, and private, where there is none.")]
Public = Annotated[bool, typer.Option("--public", help="Make it for everybody to see.")]


def add(app: typer.Typer) -> None:
    """Give the group of models of `app` the command."""
    groups = {each.name: each.typer_instance for each in app.registered_groups}
    group = groups.get(GROUP)
    if group is None:
        group = typer.Typer(no_args_is_help=True)
        app.add_typer(group, name=GROUP)
    group.command("push")(push)


def push(model: Model, repo: Repo, public: Public = False) -> None:
    """Push a model with its card to the Hugging Face Hub, or to the server at HF_ENDPOINT."""
    call("push_model", model, repo, public=public)
