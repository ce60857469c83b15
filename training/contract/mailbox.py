"""Requests to a process that stays, and what it replies: a file each in the folder of its job.

A file is written beside and put in place, so it is whole once it is there. The reply is there
before its request goes: at each moment one of them says that the question was passed on.
"""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from training.contract import files

CLOSED = "closed"


class Mailbox:
    """Platform and trainer each have one over the same folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / files.SCRATCH
        self.requests = self.folder / "requests"
        self.replies = self.folder / "replies"
        for path in (self.requests, self.replies):
            path.mkdir(parents=True, exist_ok=True, mode=0o700)

    def clear(self) -> None:
        """Forget all that an earlier process left."""
        for path in (*self.requests.iterdir(), *self.replies.iterdir()):
            path.unlink()
        (self.folder / CLOSED).unlink(missing_ok=True)

    def ask(self, key: int, request: dict[str, Any]) -> None:
        """Pass on a request, unless it was passed on already."""
        if not (_file(self.requests, key).exists() or _file(self.replies, key).exists()):
            _put(_file(self.requests, key), request)

    def asked(self) -> dict[int, dict[str, Any]]:
        """The requests that wait, oldest key first."""
        return dict(_read(self.requests))

    def reply(self, key: int, reply: dict[str, Any]) -> None:
        """Answer a request, which then waits no more."""
        _put(_file(self.replies, key), reply)
        _file(self.requests, key).unlink(missing_ok=True)

    def replied(self) -> dict[int, dict[str, Any]]:
        """The replies that were not taken yet."""
        return dict(_read(self.replies))

    def take(self, key: int) -> None:
        """Forget a reply, which is stored now."""
        _file(self.replies, key).unlink(missing_ok=True)

    def close(self) -> None:
        """Nothing more will be asked: the process may end."""
        (self.folder / CLOSED).touch()

    @property
    def is_closed(self) -> bool:
        """Whether nothing more will be asked."""
        return (self.folder / CLOSED).exists()

    def idle_seconds(self) -> float:
        """How long ago something was last asked or answered."""
        newest = max(path.stat().st_mtime for path in (self.requests, self.replies))
        return max(0.0, time.time() - newest)


def _file(folder: Path, key: int) -> Path:
    return folder / f"{key}.json"


def _put(target: Path, content: dict[str, Any]) -> None:
    temporary = target.with_suffix(".new")
    temporary.write_text(json.dumps(content), encoding="utf-8")
    temporary.replace(target)


def _read(folder: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    for path in sorted(folder.glob("*.json"), key=lambda path: int(path.stem)):
        yield int(path.stem), json.loads(path.read_text(encoding="utf-8"))
