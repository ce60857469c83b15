"""The artifact store: folders that never change, each at the address that its content has.

    <ARTIFACTS>/models/<sha256 of the manifest's files>/

A folder is filled beside its place, synced to the disk and renamed: it is whole or not there.
Where the store is a URL, this is the folder of copies on this machine (`registry.copies`).
"""

import errno
import shutil
import time
import uuid
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from core.errors import BadInputError
from training.contract import manifest
from training.contract.manifest import Files, ManifestError

PREAMBLE = "preamble.json"
LEFTOVER_SECONDS = 24 * 3600  # younger ones may belong to a registration that still runs


def root() -> Path:
    """Where the folders of models lie."""
    return Path(settings.ARTIFACTS) / "models"


def path_of(uri: str) -> Path:
    """The folder at `uri`; addresses come from the database, but must not lead out of the store."""
    path = (Path(settings.ARTIFACTS) / uri).resolve()
    if not path.is_relative_to(Path(settings.ARTIFACTS).resolve()):
        raise BadInputError(f"{uri} leads out of the artifact store")
    return path


def shown(uri: str) -> str:
    """Where the folder at `uri` lies, for people; without a password that a URL may have."""
    if not settings.STORE_URL:
        return str(path_of(uri))
    parts = urlsplit(settings.STORE_URL)
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{parts.path}/{uri}".rstrip("/")


def put(folder: Path, files: Files, *, card: str, preamble: str = "") -> tuple[str, Files]:
    """Take the verified `folder` with a model card into the store; its uri and all its files.

    preamble: JSON of the messages that stand before each prompt, which become a file of it too.

    Files are linked where the file system allows it: a model lies on the disk once.
    """
    root().mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = root() / f"tmp-{uuid.uuid4().hex}"
    temporary.mkdir(mode=0o700)
    try:
        for name in files:
            target = temporary / name
            target.parent.mkdir(parents=True, exist_ok=True)
            link_or_copy(folder / name, target)
        stored = dict(files)
        for name, text in (("README.md", card), (PREAMBLE, preamble)):
            if not text:
                continue
            (temporary / name).unlink(missing_ok=True)
            (temporary / name).write_text(text, encoding="utf-8")
            stored[name] = manifest.entry(temporary / name)
        manifest.write(temporary, stored)
        seal(temporary)
        uri = f"models/{manifest.digest_of(stored)}"
        move_into_place(temporary, path_of(uri), stored)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return uri, stored


def sweep(*, keep: set[str]) -> list[str]:
    """Remove what no row names, after a day of grace: a crash came between folder and row."""
    unnamed = (path for path in root().glob("*") if f"models/{path.name}" not in keep)
    return [f"models/{folder.name}" for folder in remove_leftovers(unnamed)]


def remove_leftovers(folders: Iterable[Path]) -> list[Path]:
    """Remove the folders older than a day and return them."""
    old = [folder for folder in sorted(folders) if is_leftover(folder)]
    for folder in old:
        shutil.rmtree(folder)
    return old


def is_leftover(folder: Path) -> bool:
    """Whether it is so old that nobody still works on it."""
    return time.time() - folder.stat().st_ctime > LEFTOVER_SECONDS


def link_or_copy(source: Path, target: Path) -> None:
    """Have a file at `target` too: once on the disk, where that is possible."""
    try:
        target.hardlink_to(source)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise
        shutil.copyfile(source, target)  # another file system, or one without links


def seal(folder: Path) -> None:
    """Make the files read-only and sure to be on the disk."""
    for path in folder.rglob("*"):
        if path.is_file():
            path.chmod(0o444)
    manifest.sync_tree(folder)


def move_into_place(temporary: Path, target: Path, files: Files) -> None:
    """Let `temporary` be `target`, or go where that is there and whole."""
    if target.exists():
        try:
            manifest.verify(target, files)
        except ManifestError:  # damaged meanwhile: the good one takes its place
            shutil.rmtree(target)
        else:
            return
    temporary.rename(target)
    manifest.sync(target.parent)
