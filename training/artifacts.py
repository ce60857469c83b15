"""Folders that are either whole or not there: checkpoints and models.

`write_folder` fills `tmp-<uuid>` beside the target, adds MANIFEST.json, syncs files and folders to
the disk and renames. A reader trusts a folder only after `verify`: a crash leaves a `tmp-*` folder
that nobody reads, and a truncated or changed file is found by its checksum (safetensors loads a
flipped byte silently).

MANIFEST.json holds every other file of the folder, by its path with forward slashes:

    {"version": 1, "files": {"model.safetensors": {"size": 538090408, "sha256": "9f86d0…"}, …}}

Standard library only.
"""

import errno
import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from training.errors import CorruptedError, NoSpaceError

MANIFEST = "MANIFEST.json"
KEPT_CHECKPOINTS = 2


@dataclass(frozen=True)
class File:
    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    files: dict[str, File]

    @classmethod
    def of(cls, folder: Path) -> "Manifest":
        """What lies in `folder` now."""
        return cls(
            {name: File(path.stat().st_size, digest(path)) for name, path in files_of(folder)}
        )

    @classmethod
    def read(cls, folder: Path) -> "Manifest":
        try:
            content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
            return cls({name: File(**file) for name, file in content["files"].items()})
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise CorruptedError(f"{folder}: no readable {MANIFEST}") from error

    def write(self, folder: Path) -> None:
        files = {name: asdict(file) for name, file in self.files.items()}
        text = json.dumps({"version": 1, "files": files}, indent=2)
        (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


def files_of(folder: Path) -> list[tuple[str, Path]]:
    """(name, path) of each file but the manifest, sorted by name."""
    paths = (path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())
    names = ((path.relative_to(folder).as_posix(), path) for path in paths)
    return sorted((name, path) for name, path in names if name != MANIFEST)


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_folder(target: Path, fill: Callable[[Path], None]) -> None:
    """Make `target` of what `fill(temporary folder)` writes; an older `target` is replaced.

    NoSpaceError when the disk is full; then, as after any other error, `target` is as it was.
    """
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = target.parent / f"tmp-{uuid.uuid4().hex}"
    temporary.mkdir(mode=0o700)
    try:
        fill(temporary)
        Manifest.of(temporary).write(temporary)
        sync_tree(temporary)
        if target.exists():
            outgoing = target.parent / f"tmp-{uuid.uuid4().hex}"
            target.rename(outgoing)
            temporary.rename(target)
            shutil.rmtree(outgoing)
        else:
            temporary.rename(target)
        sync(target.parent)
    except BaseException as error:
        shutil.rmtree(temporary, ignore_errors=True)
        if is_no_space(error):
            raise NoSpaceError(f"no space left for {target.name}") from error
        raise


def is_no_space(error: BaseException) -> bool:
    """safetensors reports a full disk as its own error that only names it in the text."""
    if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return True
    return "No space left on device" in str(error) or "os error 28" in str(error)


def sync_tree(folder: Path) -> None:
    for path in sorted(folder.rglob("*")):
        sync(path)
    sync(folder)


def put_in_place(temporary: Path, target: Path) -> None:
    """Rename what is on the disk already: a power cut leaves the whole file or none."""
    sync(temporary)
    temporary.replace(target)
    sync(target.parent)


def sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def verify(folder: Path) -> Manifest:
    """The manifest of `folder`; CorruptedError names the first file that does not match it."""
    manifest = Manifest.read(folder)
    found = dict(files_of(folder))
    for name, file in manifest.files.items():
        if name not in found or found[name].is_symlink():
            raise CorruptedError(f"{folder}: {name} is missing")
        size = found[name].stat().st_size
        if size != file.size:
            raise CorruptedError(f"{folder}: {name} has {size} bytes, {file.size} expected")
        if digest(found[name]) != file.sha256:
            raise CorruptedError(f"{folder}: {name} has changed")
    extra = sorted(found.keys() - manifest.files.keys())
    if extra:
        raise CorruptedError(f"{folder}: {extra[0]} is not in the manifest")
    return manifest


def checkpoint_steps(checkpoints: Path) -> list[tuple[int, Path]]:
    """(step, folder) of each `step-<n>`, newest first."""
    folders = checkpoints.glob("step-*") if checkpoints.is_dir() else ()
    steps = (
        (int(folder.name.removeprefix("step-")), folder)
        for folder in folders
        if folder.name.removeprefix("step-").isdecimal()
    )
    return sorted(steps, reverse=True)


def write_checkpoint(checkpoints: Path, step: int, fill: Callable[[Path], None]) -> Path:
    """Write `step-<step>` and drop all but the newest two, so that one bad disk block costs one
    checkpoint.
    """
    clear_temporary(checkpoints)
    target = checkpoints / f"step-{step}"
    write_folder(target, fill)
    for _, old in checkpoint_steps(checkpoints)[KEPT_CHECKPOINTS:]:
        shutil.rmtree(old)
    return target


def newest_verified(
    checkpoints: Path, *, on_skip: Callable[[str], None] = lambda reason: None
) -> Path | None:
    """The newest checkpoint whose manifest verifies.

    `on_skip` hears why newer ones were passed over; they are removed, so that they do not take the
    place of good ones among the newest two.
    """
    for _, folder in checkpoint_steps(checkpoints):
        try:
            verify(folder)
        except CorruptedError as error:
            on_skip(str(error))
            shutil.rmtree(folder)
        else:
            return folder
    return None


def clear_temporary(parent: Path) -> None:
    """Remove what a killed process left half-written. Only the holder of the job's lock may call
    it.
    """
    for leftover in parent.glob("tmp-*"):
        shutil.rmtree(leftover)
