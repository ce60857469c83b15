"""Operations on snapshots. Written by scripts/client from the server's OpenAPI."""

from collections.abc import Iterator
from pathlib import Path

from rondo_client.base import Resource, at
from rondo_client.models.shared import (
    Files,
)
from rondo_client.models.snapshots import (
    ChangedLabel,
    Compared,
    FrozenLabel,
    Snapshot,
    SnapshotDetails,
)
from rondo_client.progress import Progress


class SnapshotsApi(Resource):
    """Operations on snapshots."""

    def list(self, project: str) -> Iterator[Snapshot]:
        """List the snapshots.

        The newest first.
        """
        return self._pages(Snapshot, at("/projects/{project}/snapshots", project=project), size=200)

    def freeze_labels(self, project: str) -> SnapshotDetails:
        """Freeze the labels.

        As a launch does. The one that is there already where the labels are the same.
        """
        return self._ask(
            SnapshotDetails, "POST", at("/projects/{project}/snapshots", project=project)
        )

    def read(self, project: str, snapshot: int) -> SnapshotDetails:
        """One snapshot.

        A snapshot never changes; its files are listed below it.
        """
        return self._ask(
            SnapshotDetails,
            "GET",
            at("/projects/{project}/snapshots/{snapshot}", project=project, snapshot=snapshot),
        )

    def list_labels(self, project: str, snapshot: int) -> Iterator[FrozenLabel]:
        """List the labels of a snapshot.

        The oldest first.
        """
        return self._pages(
            FrozenLabel,
            at(
                "/projects/{project}/snapshots/{snapshot}/labels",
                project=project,
                snapshot=snapshot,
            ),
            size=200,
        )

    def read_card(
        self, project: str, snapshot: int, target: Path | str, *, progress: Progress | None = None
    ) -> Path:
        """The dataset card of a snapshot.

        What the labels are, how they were made, splits, annotators, agreement, licence.
        """
        return self._download(
            at("/projects/{project}/snapshots/{snapshot}/card", project=project, snapshot=snapshot),
            target,
            progress=progress,
        )

    def download(
        self, project: str, snapshot: int, target: Path | str, *, progress: Progress | None = None
    ) -> Path:
        """Download a snapshot as a folder.

        The card and the Parquet files: unpacked, `datasets.load_dataset` reads it.
        """
        return self._download(
            at(
                "/projects/{project}/snapshots/{snapshot}/folder",
                project=project,
                snapshot=snapshot,
            ),
            target,
            progress=progress,
        )

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

    def list_files(self, project: str, snapshot: int) -> Files:
        """List the files of a snapshot.

        A Parquet file for each table.
        """
        return self._ask(
            Files,
            "GET",
            at(
                "/projects/{project}/snapshots/{snapshot}/files", project=project, snapshot=snapshot
            ),
        )

    def download_file(
        self,
        project: str,
        snapshot: int,
        file: str,
        target: Path | str,
        *,
        progress: Progress | None = None,
    ) -> Path:
        """Download a file of a snapshot.

        Whole, or the part that `Range` asks for.
        """
        return self._download(
            at(
                "/projects/{project}/snapshots/{snapshot}/files/{file}",
                project=project,
                snapshot=snapshot,
                file=file,
            ),
            target,
            progress=progress,
        )
