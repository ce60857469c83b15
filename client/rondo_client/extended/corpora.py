"""Corpora: the whole folder of one."""

from pathlib import Path

from rondo_client.folders import download_folder
from rondo_client.progress import Progress
from rondo_client.resources import corpora


class CorporaApi(corpora.CorporaApi):
    """Texts that runs mix in: listed, downloaded."""

    def download(
        self, project: str, corpus: int, folder: Path | str, *, progress: Progress | None = None
    ) -> Path:
        """Download all files of a corpus into a folder.

        Each is checked; what is there already is not asked for again.
        """

        def fetch(name: str, target: Path, tell: Progress) -> Path:
            return self.download_file(project, corpus, name, target, progress=tell)

        return download_folder(
            self.list_files(project, corpus).files, Path(folder), fetch, progress
        )
