"""Signing in and out, and who is signed in."""

import sys
from typing import Annotated

import typer

from rondo_client.cli.commands import AS_JSON
from rondo_client.cli.context import asked, note_json
from rondo_client.cli.output import show
from rondo_client.client import Client
from rondo_client.errors import SettingsError
from rondo_client.settings import Login, find_login, forget_login, keep_login

URL = Annotated[str, typer.Argument(help="The server's address, as in https://rondo.example.org.")]
TOKEN = Annotated[
    str,
    typer.Option(help="The token; without it you are asked, or it is read from standard input."),
]


def login(url: URL, token: TOKEN = "", as_json: AS_JSON = False) -> None:
    """Keep a server's address and a token of yours, once the server has taken it.

    Make the token at the server: account menu → API tokens.
    """
    note_json(as_json)
    url = url.rstrip("/")
    secret = token or _ask(url)
    if not secret:
        raise SettingsError("No token was given. Make one at the server: account menu, API tokens.")
    with Client(url, secret) as client:
        projects = [project.slug for project in client.projects.list()]
    path = keep_login(Login(url, secret))
    if as_json:
        show({"url": url, "file": path, "projects": projects}, as_json=True)
    else:
        print(f"Signed in at {url}; the token is kept in {path}.")
        print(f"Projects: {', '.join(projects) or 'none yet'}.")


def logout(as_json: AS_JSON = False) -> None:
    """Forget the address and the token. The token itself is revoked at the server."""
    note_json(as_json)
    was_there = forget_login()
    if as_json:
        show({"forgotten": was_there}, as_json=True)
    else:
        print("Forgotten." if was_there else "Nobody was signed in.")


def status(as_json: AS_JSON = False) -> None:
    """Which server is used, and whether it takes the token."""
    note_json(as_json)
    found = find_login(asked.url)
    with Client(found.url, found.token) as client:
        projects = [project.slug for project in client.projects.list()]
    show({"url": found.url, "projects": projects}, as_json=as_json)


def _ask(url: str) -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().strip()
    answer: str = typer.prompt(f"Token for {url} (account menu, API tokens)", hide_input=True)
    return answer.strip()
