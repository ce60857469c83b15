"""Models: the whole folder of one."""

from pathlib import Path

from rondo_client.folders import download_all
from rondo_client.progress import Progress
from rondo_client.resources import models


class ModelsApi(models.ModelsApi):
    """Model versions: listed, downloaded, promoted."""

    def download(
        self, project: str, model: int, folder: Path | str, *, progress: Progress | None = None
    ) -> Path:
        """Download all files of a model into a folder.

        Each is checked; what is there already is not asked for again.
        """
        return download_all(self, project, model, folder, progress)
