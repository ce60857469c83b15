"""Operations on pseudonyms. Written by scripts/client from the server's OpenAPI."""

from collections.abc import Iterator

from rondo_client.base import Resource, at
from rondo_client.models.pseudonyms import Person


class PseudonymsApi(Resource):
    """Pseudonyms: list."""

    def list(self, project: str) -> Iterator[Person]:
        """Who is who.

        Members, and all who answered or proposed a prompt. The audit log says who has asked.
        """
        return self._pages(Person, at("/projects/{project}/pseudonyms", project=project), size=200)
