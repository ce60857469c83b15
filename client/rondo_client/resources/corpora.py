"""Operations on corpora. Written by scripts/client from the server's OpenAPI."""

from collections.abc import Iterator
from pathlib import Path

from rondo_client.base import UNSET, Resource, at, given
from rondo_client.models.corpora import Corpus
from rondo_client.models.shared import (
    Files,
)
from rondo_client.progress import Progress
from rondo_client.uploads import form


class CorporaApi(Resource):
    """Corpora: add, download file, list, list files, read, remove."""

    def list(self, project: str) -> Iterator[Corpus]:
        """List the corpora.

        The newest first.
        """
        return self._pages(Corpus, at("/projects/{project}/corpora", project=project), size=200)

    def add(
        self,
        project: str,
        *,
        file: Path | str,
        name: str = UNSET,
        encoding: str = UNSET,
        progress: Progress | None = None,
    ) -> Corpus:
        """Add a corpus.

        Plain text, or JSON lines with `text`. 422 names each line that cannot be taken.

        file: The file, sent with its name.

        name: Runs name it so; else it is the file's.

        encoding: Of the file; else it is found out.
        """
        return self._ask(
            Corpus,
            "POST",
            at("/projects/{project}/corpora", project=project),
            form=form({"file": file}, given(name=name, encoding=encoding), progress=progress),
        )

    def read(self, project: str, corpus: int) -> Corpus:
        """One corpus.

        Its texts are in its file.
        """
        return self._ask(
            Corpus,
            "GET",
            at("/projects/{project}/corpora/{corpus}", project=project, corpus=corpus),
        )

    def remove(self, project: str, corpus: int) -> None:
        """Remove a corpus.

        409 where a run was launched with it.
        """
        self._transport.json(
            "DELETE", at("/projects/{project}/corpora/{corpus}", project=project, corpus=corpus)
        )

    def list_files(self, project: str, corpus: int) -> Files:
        """List the files of a corpus.

        One Parquet file, with a row for each text.
        """
        return self._ask(
            Files,
            "GET",
            at("/projects/{project}/corpora/{corpus}/files", project=project, corpus=corpus),
        )

    def download_file(
        self,
        project: str,
        corpus: int,
        file: str,
        target: Path | str,
        *,
        progress: Progress | None = None,
    ) -> Path:
        """Download a file of a corpus.

        Whole, or the part that `Range` asks for.
        """
        return self._download(
            at(
                "/projects/{project}/corpora/{corpus}/files/{file}",
                project=project,
                corpus=corpus,
                file=file,
            ),
            target,
            progress=progress,
        )
