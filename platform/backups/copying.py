"""Copying folders of artifacts, each file's SHA-256 computed on the way."""

import hashlib
import shutil
from pathlib import Path

from registry import store
from training.contract import manifest
from training.contract.manifest import File, Files, ManifestError

CHUNK = 2**20  # bytes


def copy(source: Path, target: Path, files: Files) -> None:
    """Have `files` of `source` and its manifest as the folder `target`, whole or not at all.

    ManifestError names the file that is missing or not as stated.
    """
    partial = target.with_name(f"tmp-{target.name}")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True, mode=0o700)
    try:
        for name, stated in files.items():
            if copy_file(source / name, partial / name) != stated:
                raise ManifestError(f"{name} has changed")
        if (source / manifest.NAME).is_file():
            copy_file(source / manifest.NAME, partial / manifest.NAME)
        else:
            manifest.write(partial, files)
        store.seal(partial)
        shutil.rmtree(target, ignore_errors=True)
        partial.rename(target)
        manifest.sync(target.parent)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def copy_file(source: Path, target: Path) -> File:
    """Copy one file; its size and SHA-256, as they were read."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest, size = hashlib.sha256(), 0
    try:
        with source.open("rb") as reading, target.open("wb") as writing:
            while chunk := reading.read(CHUNK):
                digest.update(chunk)
                size += len(chunk)
                writing.write(chunk)
    except FileNotFoundError as error:
        raise ManifestError(f"no {source.name}") from error
    return File(size=size, sha256=digest.hexdigest())


def is_whole(folder: Path, files: Files) -> bool:
    """Whether all of `files` are there by their sizes: a folder is renamed when it is whole."""
    return all(
        (folder / name).is_file() and (folder / name).stat().st_size == stated["size"]
        for name, stated in files.items()
    )
