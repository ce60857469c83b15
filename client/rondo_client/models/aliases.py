"""Models of aliases. Written by scripts/client from the server's OpenAPI."""

from rondo_client.base import Received
from rondo_client.models.shared import ModelPart


class Alias(Received):
    """A name that points at a version; `serving` is the one that writes completions."""

    name: str
    version: ModelPart
