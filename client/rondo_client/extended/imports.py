"""Imports: a file sent and waited for."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from rondo_client.errors import ImportRefusedError
from rondo_client.models.imports import Import
from rondo_client.resources import imports
from rondo_client.waiting import ENDED, Waiting, Watch

SHOWN = 10  # bad rows in a message
Split = Literal["train", "heldout"]
Alike = Literal["same", "all"]
FILES = (".arrow", ".parquet", ".jsonl", ".csv", ".tsv")  # .json describes the dataset
HELDOUT = {"test", "validation", "valid", "dev", "heldout"}  # splits that no model learns from


class ImportsApi(imports.ImportsApi):
    """Files of prompts and labels: sent, stored, listed, undone."""

    def upload(
        self,
        project: str,
        file: Path | str,
        *,
        format: str | None = None,
        encoding: str | None = None,
        columns: str | None = None,
        heldout_percent: int | None = None,
        split: Split | None = None,
        keep_good: bool | None = None,
        alike: Alike | None = None,
        repairs: Literal["join_turns", "leave_off_reply", "join_turns,leave_off_reply"]
        | None = None,
        timeout: float | None = None,
        poll: float = 0.5,
        watch: Watch | None = None,
    ) -> Import:
        """Import a file of prompts or labels, and wait until it is stored.

        All rows or none, unless the good ones are to be kept. Where nothing is stored it fails and
        names the bad rows (in Python: ImportRefusedError).

        format: That of its rows; without one it is found out.

        encoding: That of its text; without one it is found out.

        columns: Columns that are called otherwise, as theirs=ours: `question=prompt,lang=language`.

        alike: What becomes of prompts that differ in white space, case or Unicode form only: `same`
        leaves them out, `all` imports them.

        heldout_percent: How many of the prompts whose rows name no split are held out, 0 to 50.

        split: Of all prompts whose rows name none.

        keep_good: Bad rows are left out; else one bad row refuses the file.

        repairs: Made in rows that are bad without, as `health` of an import names them.

        timeout: Seconds at the most; without one for ever. The import goes on at the server.

        poll: Seconds between two looks.
        """
        if watch:
            watch(f"sending {Path(file).name}", 0, None)
        sent = self.create(
            project,
            file=file,
            format=format,
            encoding=encoding,
            columns=columns,
            heldout_percent=heldout_percent,
            split=split,
            keep_good=keep_good,
            alike=alike,
            repairs=repairs,
        )
        return self.wait(project, sent.id, timeout=timeout, poll=poll, watch=watch)

    def upload_folder(
        self,
        project: str,
        folder: Path | str,
        *,
        format: str | None = None,
        columns: str | None = None,
        keep_good: bool | None = None,
        alike: Alike | None = None,
        timeout: float | None = None,
        poll: float = 0.5,
        watch: Watch | None = None,
    ) -> Iterator[Import]:
        """Import a Hugging Face dataset: the files of its folder, one after another.

        Each file is an import of its own: all of its rows or none. Files of test, validation or dev
        come to the held-out split, those of train to training, by the names of files and folders;
        those that name no split as their rows say.

        folder: As `save_to_disk` writes it, or as it is downloaded from a hub.

        format: That of its rows; without one it is found out, file by file.

        columns: As of one file.

        alike: As of one file.

        keep_good: Bad rows are left out; else one bad row refuses its file.

        timeout: Seconds at the most for each file; without one for ever.

        poll: Seconds between two looks.
        """
        for file in _files(Path(folder)):
            yield self.upload(
                project,
                file,
                format=format,
                columns=columns,
                split=_split(file.relative_to(folder)),
                keep_good=keep_good,
                alike=alike,
                timeout=timeout,
                poll=poll,
                watch=watch,
            )

    def wait(
        self,
        project: str,
        import_: int,
        *,
        timeout: float | None = None,
        poll: float = 0.5,
        watch: Watch | None = None,
    ) -> Import:
        """Wait until an import is stored.

        It fails where nothing is stored (in Python: ImportRefusedError).

        timeout: Seconds at the most; without one for ever.

        poll: Seconds between two looks.
        """

        def look() -> Import:
            found = self.read(project, import_)
            if watch:
                watch(f"{found.name}: {found.state}", found.done, found.total or None)
            return found

        waiting = Waiting(poll=poll, timeout=timeout)
        found = waiting.until(look, lambda each: each.state in ENDED, what=f"Import {import_}")
        if found.state != "succeeded":
            raise ImportRefusedError(_why(found), errors=_rows(found))
        return found


def _files(folder: Path) -> list[Path]:
    """The data of a dataset, by name; ImportRefusedError where there is none."""
    found = sorted(each for each in folder.rglob("*") if each.suffix in FILES and each.is_file())
    if not found:
        message = f"{folder} holds no data: no file of {', '.join(FILES)}."
        raise ImportRefusedError(message, errors=[])
    return found


def _split(path: Path) -> Split | None:
    words = set(re.findall(r"[a-z]+", str(path.with_suffix("")).lower()))
    if words & HELDOUT:
        return "heldout"
    return "train" if "train" in words else None


def _rows(found: Import) -> list[dict[str, Any]]:
    return [each.model_dump(include={"unit", "line", "column", "message"}) for each in found.errors]


def _why(found: Import) -> str:
    """What happened, and the first bad rows."""
    if found.state == "cancelled":
        return f"Import {found.id} was cancelled: nothing of {found.name} is stored."
    shown = found.errors[:SHOWN]
    more = len(found.errors) - len(shown) + found.errors_left_out
    lines = [f"  {each.unit} {each.line}{_column(each.column)}: {each.message}" for each in shown]
    return "\n".join([found.error, *lines, *([f"  and {more} more"] if more else [])])


def _column(number: int | None) -> str:
    return "" if number is None else f", column {number}"
