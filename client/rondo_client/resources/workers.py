"""Operations on workers. Written by scripts/client from the server's OpenAPI."""

from rondo_client.base import Resource
from rondo_client.models.workers import Fleet


class WorkersApi(Resource):
    """Workers: list."""

    def list(self) -> Fleet:
        """The workers that are there.

        Those that reported within a minute and a half, by name.
        """
        return self._ask(Fleet, "GET", "/workers")
