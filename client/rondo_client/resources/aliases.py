"""Operations on aliases. Written by scripts/client from the server's OpenAPI."""

from collections.abc import Iterator

from rondo_client.base import UNSET, Resource, at, given
from rondo_client.models.aliases import Alias
from rondo_client.models.shared import (
    Serving,
)


class AliasesApi(Resource):
    """Aliases: list, list serving changes, roll back serving."""

    def list(self, project: str) -> Iterator[Alias]:
        """List what serves.

        None before the first promotion: until then the model writes that a round began with.
        """
        return self._pages(Alias, at("/projects/{project}/aliases", project=project), size=200)

    def list_serving_changes(self, project: str) -> Iterator[Serving]:
        """List what served.

        The newest first.
        """
        return self._pages(
            Serving, at("/projects/{project}/aliases/serving/changes", project=project), size=200
        )

    def roll_back_serving(self, project: str, *, reason: str = UNSET) -> Serving:
        """Go back to the model that served before.

        409 where none did. Done twice, it is the newer one that serves again.

        reason: Needed where people have not found it better than the one that serves.
        """
        return self._ask(
            Serving,
            "POST",
            at("/projects/{project}/aliases/serving/rollback", project=project),
            json=given(reason=reason),
        )
