"""Models of kinds. Written by scripts/client from the server's OpenAPI."""

from typing import Any

from rondo_client.base import Received


class Kind(Received):
    """A kind of task. answer: the JSON schema of its answers."""

    name: str
    label: str
    instruction: str
    answer: dict[str, Any]


class Kinds(Received):
    """All of them."""

    kinds: list[Kind]
