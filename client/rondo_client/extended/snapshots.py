"""Snapshots: the whole folder of one."""

from pathlib import Path

from rondo_client.folders import download_all
from rondo_client.progress import Progress
from rondo_client.resources import snapshots


class SnapshotsApi(snapshots.SnapshotsApi):
    """Frozen copies of labels: made, listed, downloaded."""

    def download(
        self, project: str, snapshot: int, folder: Path | str, *, progress: Progress | None = None
    ) -> Path:
        """Download all files of a snapshot into a folder.

        Each is checked; what is there already is not asked for again.
        """
        return download_all(self, project, snapshot, folder, progress)
