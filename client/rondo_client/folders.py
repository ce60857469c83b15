"""Stored folders: all their files, each checked, as a folder here."""

import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path, PurePosixPath
from typing import Protocol

from rondo_client.errors import AnswerError, ChecksumError
from rondo_client.progress import Progress


class StoredFile(Protocol):
    """As the API lists it."""

    @property
    def name(self) -> str: ...
    @property
    def size(self) -> int: ...
    @property
    def sha256(self) -> str: ...


Fetch = Callable[[str, Path, Progress], Path]


class Listing(Protocol):
    """What the API answers of the files of something stored."""

    @property
    def files(self) -> Iterable[StoredFile]: ...


class Stored(Protocol):
    """A resource whose rows have files."""

    def list_files(self, project: str, key: int, /) -> Listing: ...
    def download_file(
        self, project: str, key: int, name: str, target: Path, /, *, progress: Progress | None
    ) -> Path: ...


def download_all(
    of: Stored, project: str, key: int, folder: Path | str, progress: Progress | None
) -> Path:
    """All files of one row of a resource, see `download_folder`."""

    def fetch(name: str, target: Path, tell: Progress) -> Path:
        return of.download_file(project, key, name, target, progress=tell)

    return download_folder(of.list_files(project, key).files, Path(folder), fetch, progress)


def download_folder(
    files: Iterable[StoredFile], folder: Path, fetch: Fetch, progress: Progress | None
) -> Path:
    """Fetch the files that are not there yet, or are others; `folder`."""
    listed = list(files)
    total, before = sum(file.size for file in listed), 0
    for file in listed:
        name = PurePosixPath(file.name)
        if name.is_absolute() or ".." in name.parts:
            raise AnswerError(f"The server names a file outside the folder: {file.name}")
        target = folder / name

        def tell(done: int, _total: int | None, before: int = before) -> None:
            if progress:
                progress(before + done, total)

        if not _is(target, file):
            fetch(file.name, target, tell)
            if not _is(target, file):
                target.unlink()
                raise ChecksumError(f"{file.name} came damaged. Download it again.")
        before += file.size
        tell(0, None, before)
    return folder


def _is(path: Path, file: StoredFile) -> bool:
    if not path.is_file() or path.stat().st_size != file.size:
        return False
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest() == file.sha256
