"""Folders of the store on this machine. Where the store is a folder, they are that folder's own.

Where it is a URL, a folder that is needed is fetched, verified and kept among others up to
RONDO_CACHE_GB; those that were used longest ago go first. A shared lock of a file, which ends with
its process, keeps what a running job uses; an exclusive one lets one process at a time fetch.
"""

import fcntl
import logging
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any, TypeVar

from django.conf import settings

from core.errors import JobFailedError
from registry import remote, server, store
from training.contract import manifest
from training.contract.manifest import File, Files, ManifestError

logger = logging.getLogger(__name__)

Result = TypeVar("Result")
KINDS = ("models", "snapshots", "corpora", "exports")
PARTIAL = "fetch-"  # of a folder that is being fetched
UPLOADS = 3  # before rows are locked for one
_kept: ContextVar[ExitStack | None] = ContextVar("kept", default=None)
_later: ContextVar[bool] = ContextVar("later", default=False)


class NotUploadedError(Exception):
    """A transaction would name a folder that is not in the store yet."""

    def __init__(self, uri: str, files: Files) -> None:
        super().__init__(uri)
        self.uri, self.files = uri, files


@contextmanager
def keeping() -> Iterator[None]:
    """What is fetched meanwhile, in this thread, stays on this machine until the end."""
    with ExitStack() as stack:
        token = _kept.set(stack)
        try:
            yield
        finally:
            _kept.reset(token)


def fetch(uri: str, files: dict[str, Any]) -> Path:
    """The folder at `uri` on this machine; from a store at a URL it comes verified.

    MissingFilesError where it is not in the store, JobFailedError where it is damaged there.
    """
    folder = store.path_of(uri)
    if not settings.STORE_URL:
        return folder
    with ExitStack() as own:
        (_kept.get() or own).enter_context(_used(uri))
        with _locked(uri, "fetched", fcntl.LOCK_EX):
            _have(uri, plain(files), folder)
    return folder


def plain(files: dict[str, Any]) -> Files:
    """Size and sha256 of each file; rows of snapshots say more."""
    return {name: File(size=file["size"], sha256=file["sha256"]) for name, file in files.items()}


def _have(uri: str, files: Files, folder: Path) -> None:
    try:
        manifest.verify(folder, files)
    except ManifestError as error:
        if folder.exists():
            logger.warning("%s: fetching it again", error)
    else:
        return
    partial = folder.with_name(f"{PARTIAL}{folder.name}")
    shutil.rmtree(partial, ignore_errors=True)
    make_room(sum(file["size"] for file in files.values()))
    partial.mkdir(parents=True, mode=0o700)
    try:
        remote.download(uri, files, partial)
        store.seal(partial)
        shutil.rmtree(folder, ignore_errors=True)
        partial.rename(folder)
    except ManifestError as error:
        message = f"in the artifact store is damaged: {error}"
        raise JobFailedError(message, code="damaged_model") from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def publish(uri: str, files: dict[str, Any]) -> None:
    """Have the folder at `uri`, which was made here, in the store at the URL, if it is one.

    Within `uploading` NotUploadedError instead.
    """
    if not settings.STORE_URL:
        return
    if (kept := _kept.get()) is not None:
        kept.enter_context(_used(uri))
    if not _later.get():
        remote.upload(store.path_of(uri), uri, plain(files))
        make_room(0)
    elif not remote.is_whole(uri, plain(files)):
        raise NotUploadedError(uri, plain(files))


def uploading(transaction: Callable[[], Result]) -> Result:
    """What `transaction` returns, run again after each folder that it wanted to name was uploaded.

    Gigabytes take minutes, during which no row should be locked. One that wants to name another
    folder each time, as labels come in, has it uploaded within at last.
    """
    done: set[str] = set()
    while True:
        token = _later.set(len(done) < UPLOADS)
        try:
            return transaction()
        except NotUploadedError as missing:
            if missing.uri in done:
                raise server.unusable(f"{missing.uri} did not stay") from missing
            remote.upload(store.path_of(missing.uri), missing.uri, missing.files)
            make_room(0)
            done.add(missing.uri)
        finally:
            _later.reset(token)


def remove(uri: str) -> None:
    """Remove the folder at `uri` here and in the store. Nothing may name it any more."""
    folder = store.path_of(uri)
    shutil.rmtree(folder, ignore_errors=not folder.exists())
    if settings.STORE_URL:
        remote.delete(uri)


def drop_unnamed(named: set[str]) -> None:
    """Remove copies of what no row names, after a day of grace."""
    for uri, folder in _entries():
        if uri not in named and store.is_leftover(folder):
            _drop(uri, folder)


def make_room(needed: int) -> None:
    """Remove copies, those used longest ago first, until `needed` bytes more are within bounds."""
    entries = sorted(_entries(), key=lambda entry: _lock_file(entry[0], "used").stat().st_mtime)
    total = sum(_size(folder) for _, folder in entries)
    for uri, folder in entries:
        free = shutil.disk_usage(settings.ARTIFACTS).free
        if total + needed <= settings.CACHE_BYTES and free >= needed:
            return
        size = _size(folder)
        if _drop(uri, folder):
            total -= size


def _entries() -> list[tuple[str, Path]]:
    """(address, folder) of each copy, and of what a process that was killed fetched of one."""
    folders = [path for kind in KINDS for path in (Path(settings.ARTIFACTS) / kind).glob("*")]
    return [
        (f"{folder.parent.name}/{folder.name.removeprefix(PARTIAL)}", folder)
        for folder in folders
        if not folder.name.startswith("tmp-")
    ]


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _drop(uri: str, folder: Path) -> bool:
    """Remove a copy, unless a job uses it; whether it is gone."""
    try:
        with _locked(uri, "used", fcntl.LOCK_EX | fcntl.LOCK_NB):
            shutil.rmtree(folder, ignore_errors=True)
    except BlockingIOError:
        return False
    return True


@contextmanager
def _used(uri: str) -> Iterator[None]:
    with _locked(uri, "used", fcntl.LOCK_SH):
        os.utime(_lock_file(uri, "used"))
        yield


@contextmanager
def _locked(uri: str, purpose: str, how: int) -> Iterator[None]:
    with _lock_file(uri, purpose).open("rb") as file:
        fcntl.flock(file, how)
        yield


def _lock_file(uri: str, purpose: str) -> Path:
    """It stays when the copy goes: whoever waits for it must not wait for another file."""
    path = Path(settings.ARTIFACTS) / "locks" / f"{uri.replace('/', '-')}.{purpose}"
    if not path.exists():  # its time says when the copy was used last
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch()
    return path
