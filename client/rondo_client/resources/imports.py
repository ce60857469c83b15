"""Operations on imports. Written by scripts/client from the server's OpenAPI."""

from collections.abc import Iterator

from rondo_client.base import Resource, at
from rondo_client.models.imports import Import


class ImportsApi(Resource):
    """Operations on imports."""

    def list(self, project: str) -> Iterator[Import]:
        """List what was imported.

        The newest first.
        """
        return self._pages(Import, at("/projects/{project}/imports", project=project), size=200)
