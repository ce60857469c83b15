"""Models of corpora. Written by scripts/client from the server's OpenAPI."""

from datetime import datetime

from rondo_client.base import Received


class Corpus(Received):
    """Texts of a file, which never change. beginning: of the first of them."""

    id: int
    name: str
    sha256: str
    texts: int
    characters: int
    beginning: str
    added_by: str
    added_at: datetime
