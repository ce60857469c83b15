"""Imports: a file sent and waited for."""

from pathlib import Path
from typing import Any, Literal

from rondo_client.errors import ImportRefusedError
from rondo_client.models.imports import Import
from rondo_client.resources import imports
from rondo_client.waiting import ENDED, Waiting, Watch

SHOWN = 10  # bad rows in a message


class ImportsApi(imports.ImportsApi):
    """Files of prompts and labels: sent, stored, listed, undone."""

    def upload(
        self,
        project: str,
        file: Path | str,
        *,
        format: str | None = None,
        encoding: str | None = None,
        heldout_percent: int | None = None,
        keep_good: bool | None = None,
        repairs: Literal["join_turns", "leave_off_reply", "join_turns,leave_off_reply"]
        | None = None,
        timeout: float | None = None,
        poll: float = 0.5,
        watch: Watch | None = None,
    ) -> Import:
        """Import a file of prompts or labels, and wait until it is stored.

        All rows or none, unless the good ones are to be kept. ImportRefusedError names the bad
        ones where nothing is stored.

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
            heldout_percent=heldout_percent,
            keep_good=keep_good,
            repairs=repairs,
        )
        return self.wait(project, sent.id, timeout=timeout, poll=poll, watch=watch)

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

        ImportRefusedError where nothing is stored.

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
