"""Operations on kinds. Written by scripts/client from the server's OpenAPI."""

from rondo_client.base import Resource
from rondo_client.models.kinds import Kinds


class KindsApi(Resource):
    """Kinds: list."""

    def list(self) -> Kinds:
        """List the kinds of tasks.

        With the form of their answers.
        """
        return self._ask(Kinds, "GET", "/kinds")
