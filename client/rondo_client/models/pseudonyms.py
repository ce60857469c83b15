"""Models of pseudonyms. Written by scripts/client from the server's OpenAPI."""

from rondo_client.base import Received


class Person(Received):
    """A person, and what exports of this project call them."""

    pseudonym: str
    name: str
    email: str
