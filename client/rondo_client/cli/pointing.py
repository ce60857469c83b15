"""What is not there: which command lists what is."""

import shlex
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from rondo_client.base import Resource
from rondo_client.errors import NotFoundError

PROJECT = "slug"  # what the server calls the part of an address that names the project


@contextmanager
def pointing_to_lists(kind: type[Resource], noun: str, words: Sequence[Any]) -> Iterator[None]:
    """Add to an error within the command that lists what was asked for.

    words: those behind the verb, of which the first names the project where there is one.
    """
    try:
        yield
    except NotFoundError as error:
        if PROJECT in error.errors:
            error.add_note("`rondo projects list` shows yours.")
        elif error.errors and (verb := _listing(kind)):
            of = shlex.join(map(str, words[:1])) if len(words) > 1 else ""
            line = " ".join(filter(None, ["rondo", noun.replace("_", "-"), verb, of]))
            error.add_note(f"`{line}` shows those that there are.")
        raise


def _listing(kind: type[Resource]) -> str:
    """The verb that lists all of a noun; "" where there is none."""
    return next((v.replace("_", "-") for v in ("list", "list_frozen") if hasattr(kind, v)), "")
