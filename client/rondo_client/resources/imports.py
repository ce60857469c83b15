"""Operations on imports. Written by scripts/client from the server's OpenAPI."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from rondo_client.base import Resource, at
from rondo_client.models.imports import Import
from rondo_client.progress import Progress
from rondo_client.uploads import form


class ImportsApi(Resource):
    """Imports: cancel, create, list, read, undo."""

    def create(
        self,
        project: str,
        *,
        file: Path | str,
        format: str | None = None,
        encoding: str | None = None,
        columns: str | None = None,
        heldout_percent: int | None = None,
        split: Literal["train", "heldout"] | None = None,
        keep_good: bool | None = None,
        alike: Literal["same", "all"] | None = None,
        repairs: Literal["join_turns", "leave_off_reply", "join_turns,leave_off_reply"]
        | None = None,
        progress: Progress | None = None,
    ) -> Import:
        """Import a file of prompts or labels.

        Of any form and format of docs/prompt-files.md, 256 MB at most; all rows or none.

        A job stores it: ask for the import until its `state` is succeeded, failed or cancelled. 422
        where it is of no form that is known.

        format: Without one it is found out. One of rondo, label_studio, argilla, oasst, openai,
        nemo, ultrafeedback, comparia, open_webui, hh, chat, alpaca, doccano, trl, questions,
        answered, prompts.

        encoding: Without one it is found out. One of utf-8, utf-16, gb18030, big5, cp932, euc_jp,
        cp949, cp1252, cp1250, cp1251, koi8_r.

        columns: Columns or keys that are called otherwise, as theirs=ours with commas between:
        question=prompt,lang=language. Ours is one of prompt, messages, completion, chosen,
        rejected, language, use_case, split, source, group, user_id.

        heldout_percent: Of the prompts whose rows name no split.

        split: Of all prompts whose rows name none.

        keep_good: Bad rows are left out; else one bad row refuses the file.

        alike: same: prompts that differ from one before them in the file, or in the project, in
        white space, case or Unicode form only are left out, unless a label needs them or Rondo
        exported them; all: they are imported.

        repairs: Made in rows that are bad without, as `health` of an import names them.

        file: The file, sent with its name.
        """
        return self._ask(
            Import,
            "POST",
            at("/projects/{project}/imports", project=project),
            params={
                "format": format,
                "encoding": encoding,
                "columns": columns,
                "heldout_percent": heldout_percent,
                "split": split,
                "keep_good": keep_good,
                "alike": alike,
                "repairs": repairs,
            },
            form=form({"file": file}, progress=progress),
        )

    def list(self, project: str) -> Iterator[Import]:
        """List what was imported.

        The newest first.
        """
        return self._pages(Import, at("/projects/{project}/imports", project=project), size=200)

    def read(self, project: str, import_: int) -> Import:
        """One import.

        What came with one file, or how far it is.
        """
        return self._ask(
            Import,
            "GET",
            at("/projects/{project}/imports/{import_}", project=project, import_=import_),
        )

    def cancel(self, project: str, import_: int) -> Import:
        """Cancel an import.

        Nothing of the file is stored then. 409 where its job has ended, or it had none.
        """
        return self._ask(
            Import,
            "POST",
            at("/projects/{project}/imports/{import_}/cancel", project=project, import_=import_),
        )

    def undo(self, project: str, import_: int) -> Import:
        """Undo an import.

        Remove the prompts and labels that came with the file, and tasks that nobody has begun.

        409 where nothing is stored, one of its prompts was given to somebody, a model writes or
        wrote for one, a snapshot has one of its labels, or it is undone already: then all of it
        stays.
        """
        return self._ask(
            Import,
            "POST",
            at("/projects/{project}/imports/{import_}/undo", project=project, import_=import_),
        )
