"""Operations on notices. Written by scripts/client from the server's OpenAPI."""

from collections.abc import Iterator, Sequence

from rondo_client.base import Resource, given
from rondo_client.models.notices import Notice


class NoticesApi(Resource):
    """Notices: list, see."""

    def list(self) -> Iterator[Notice]:
        """List your notices.

        The newest first. Reading them here marks none as seen.
        """
        return self._pages(Notice, "/notices", size=200)

    def see(self, *, ids: Sequence[int] | None) -> None:
        """Mark notices as seen.

        No mail follows for these.

        ids: Their ids; null is all of them.
        """
        self._transport.json("POST", "/notices/seen", json=given(ids=ids))
