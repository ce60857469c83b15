"""Models of members. Written by scripts/client from the server's OpenAPI."""

from rondo_client.base import Received


class Invited(Received):
    """A new member. link: signs a new person in once; "" for who has an account already."""

    id: int
    person: int
    name: str
    email: str
    role: str
    kinds: list[str]
    languages: list[str]
    link: str


class Link(Received):
    """A link that signs its person in once."""

    link: str


class Member(Received):
    """A person's place. kinds, languages: of the tasks that they are given, empty for all."""

    id: int
    person: int
    name: str
    email: str
    role: str
    kinds: list[str]
    languages: list[str]
