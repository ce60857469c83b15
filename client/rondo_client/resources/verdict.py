"""Operations on verdict. Written by scripts/client from the server's OpenAPI."""

from rondo_client.base import Resource, at
from rondo_client.models.verdict import VerdictFigures


class VerdictApi(Resource):
    """Verdict: read."""

    def read(self, project: str) -> VerdictFigures:
        """What people say of the models.

        Of each two versions that were compared.
        """
        return self._ask(VerdictFigures, "GET", at("/projects/{project}/verdict", project=project))
