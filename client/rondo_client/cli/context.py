"""What all commands of one call share: which server, and how they answer."""

from dataclasses import dataclass

from rondo_client.client import Client


@dataclass
class Asked:
    """What stood before the noun. as_json: whether an error, too, is told as JSON."""

    url: str | None = None
    as_json: bool = False


asked = Asked()


def connect() -> Client:
    """A client for the server that was asked for."""
    return Client(asked.url)


def note_json(as_json: bool) -> None:
    """From now on an error is told as JSON."""
    asked.as_json = as_json
