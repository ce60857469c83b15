"""Operations on imports. Written by scripts/client from the server's OpenAPI."""

from collections.abc import Iterator
from pathlib import Path

from rondo_client.base import Resource, at
from rondo_client.models.imports import Import, ImportMade
from rondo_client.progress import Progress
from rondo_client.uploads import form


class ImportsApi(Resource):
    """Operations on imports."""

    def create(
        self,
        project: str,
        *,
        file: Path | str,
        format: str | None = None,
        encoding: str | None = None,
        heldout_percent: int | None = None,
        keep_good: bool | None = None,
        progress: Progress | None = None,
    ) -> ImportMade:
        """Import a file of prompts or labels.

        Of any form and format of docs/prompt-files.md, 20 MB at most; all rows or none.

        format: One of rondo, label_studio, argilla, oasst, openai, nemo, ultrafeedback, comparia,
        open_webui, hh, chat, alpaca, doccano, trl, prompts.

        encoding: One of utf-8, utf-16, gb18030, big5, cp932, euc_jp, cp949, cp1252, cp1250, cp1251,
        koi8_r.
        """
        return self._ask(
            ImportMade,
            "POST",
            at("/projects/{project}/imports", project=project),
            params={
                "format": format,
                "encoding": encoding,
                "heldout_percent": heldout_percent,
                "keep_good": keep_good,
            },
            form=form({"file": file}, progress=progress),
        )

    def list(self, project: str) -> Iterator[Import]:
        """List what was imported.

        The newest first.
        """
        return self._pages(Import, at("/projects/{project}/imports", project=project), size=200)
