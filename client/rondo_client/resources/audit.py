"""Operations on audit. Written by scripts/client from the server's OpenAPI."""

from collections.abc import Iterator
from datetime import date

from rondo_client.base import Resource
from rondo_client.models.shared import (
    AuditEntry,
)


class AuditApi(Resource):
    """Audit: list acts."""

    def list_acts(
        self,
        *,
        action: str | None = None,
        person: int | None = None,
        since: date | None = None,
        until: date | None = None,
    ) -> Iterator[AuditEntry]:
        """List what was done on the site.

        The newest first. What reviewers did to answers is told with these answers.

        action: One only, as `round.opened`.

        person: Who did it, by their id.

        since: From this day on.

        until: Up to this day, which counts.
        """
        return self._pages(
            AuditEntry,
            "/audit",
            size=200,
            params={"action": action, "person": person, "since": since, "until": until},
        )
