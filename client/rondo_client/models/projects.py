"""Models of projects. Written by scripts/client from the server's OpenAPI."""

from rondo_client.base import Received


class Project(Received):
    """One project, and what the token's owner may do in it."""

    slug: str
    name: str
    description: str
    role: str
    is_simulated: bool
    is_archived: bool
    guideline_version: int
