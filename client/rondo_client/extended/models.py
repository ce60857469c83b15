"""Models: the whole folder of one."""

from pathlib import Path

from rondo_client.folders import download_folder
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

        def fetch(name: str, target: Path, tell: Progress) -> Path:
            return self.download_file(project, model, name, target, progress=tell)

        files = self.list_files(project, model).files
        return download_folder(files, Path(folder), fetch, progress)
