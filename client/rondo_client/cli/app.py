"""The command line, put together: signing in, a group for each noun, commands of others."""

from importlib.metadata import entry_points
from typing import Annotated

import typer

from rondo_client.base import Resource
from rondo_client.cli import codes
from rondo_client.cli.commands import add_commands
from rondo_client.cli.context import asked
from rondo_client.cli.login import login, logout, status
from rondo_client.cli.output import show_error
from rondo_client.errors import RondoError
from rondo_client.nouns import Nouns
from rondo_client.version import VERSION

# Packages that add commands: each entry point is a function that is given the app.
GROUP = "rondo.commands"
HELP = """Rondo from the shell: the nouns and verbs of its API.

Sign in with `rondo login`, or set RONDO_URL and RONDO_TOKEN.
"""


def build() -> typer.Typer:
    """The app with all its commands."""
    app = typer.Typer(name="rondo", help=HELP, no_args_is_help=True, pretty_exceptions_enable=False)
    app.callback()(_before)
    for function in (login, logout, status):
        app.command()(function)
    for noun, resource in vars(Nouns(None)).items():  # type: ignore[arg-type]
        if isinstance(resource, Resource):
            group = typer.Typer(no_args_is_help=True)
            add_commands(group, noun, type(resource))
            app.add_typer(group, name=noun.replace("_", "-"), help=type(resource).__doc__)
    for plugin in entry_points(group=GROUP):
        plugin.load()(app)
    return app


def run(words: list[str] | None = None) -> int:
    """Run a command; its exit code."""
    asked.url, asked.as_json = None, False
    try:
        code = build()(words, prog_name="rondo")
    except RondoError as error:
        show_error(error, as_json=asked.as_json)
        return codes.code_of(error)
    except (KeyboardInterrupt, typer.Abort):
        return codes.INTERRUPTED
    except SystemExit as ended:  # typer's own, of words that are no command
        code = ended.code
    return code if isinstance(code, int) else codes.FINE


def _show_version(asked_for: bool) -> None:
    if asked_for:
        print(VERSION)
        raise typer.Exit


URL = Annotated[
    str | None, typer.Option(help="The server, in place of RONDO_URL and of `rondo login`.")
]
SHOWS_VERSION = Annotated[
    bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
]


def _before(url: URL = None, version: SHOWS_VERSION = False) -> None:
    asked.url = url
