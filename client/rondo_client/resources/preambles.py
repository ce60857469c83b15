"""Operations on preambles. Written by scripts/client from the server's OpenAPI."""

from collections.abc import Iterator

from rondo_client.base import Resource, at
from rondo_client.models.preambles import Preamble


class PreamblesApi(Resource):
    """Preambles: list, read."""

    def list(self, project: str) -> Iterator[Preamble]:
        """List the versions of the system prompt and exemplars.

        The newest first; none where there was never one.
        """
        return self._pages(Preamble, at("/projects/{project}/preambles", project=project), size=200)

    def read(self, project: str, preamble: int) -> Preamble:
        """One version of the system prompt and exemplars.

        A version never changes.
        """
        return self._ask(
            Preamble,
            "GET",
            at("/projects/{project}/preambles/{preamble}", project=project, preamble=preamble),
        )
