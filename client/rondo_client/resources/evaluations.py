"""Operations on evaluations. Written by scripts/client from the server's OpenAPI."""

from collections.abc import Iterator

from rondo_client.base import Resource, at
from rondo_client.models.evaluations import Evaluation


class EvaluationsApi(Resource):
    """Evaluations: list."""

    def list(self, project: str) -> Iterator[Evaluation]:
        """List the evaluations.

        The newest first.
        """
        return self._pages(
            Evaluation, at("/projects/{project}/evaluations", project=project), size=200
        )
