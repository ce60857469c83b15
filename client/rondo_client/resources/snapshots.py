"""Operations on snapshots. Written by scripts/client from the server's OpenAPI."""

from collections.abc import Iterator

from rondo_client.base import Resource, at
from rondo_client.models.snapshots import ChangedLabel, Compared


class SnapshotsApi(Resource):
    """Operations on snapshots."""

    def compare(self, project: str, snapshot: int, later: int) -> Compared:
        """Compare two snapshots.

        A label that was corrected is removed as it was and added as it is.
        """
        return self._ask(
            Compared,
            "GET",
            at(
                "/projects/{project}/snapshots/{snapshot}/changes/{later}",
                project=project,
                snapshot=snapshot,
                later=later,
            ),
        )

    def list_changed_labels(
        self, project: str, snapshot: int, later: int
    ) -> Iterator[ChangedLabel]:
        """List the labels that two snapshots differ in.

        The oldest first.
        """
        return self._pages(
            ChangedLabel,
            at(
                "/projects/{project}/snapshots/{snapshot}/changes/{later}/labels",
                project=project,
                snapshot=snapshot,
                later=later,
            ),
            size=200,
        )
