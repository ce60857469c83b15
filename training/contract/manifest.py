"""MANIFEST.json: what a folder of artifacts holds, and whether it still holds it.

    {"version": 1, "files": {"model.safetensors": {"size": 538090408, "sha256": "9f86d0…"}, …}}

It names every other file of the folder, by its path with forward slashes. Whoever writes a folder
fills a temporary one beside it, adds the manifest, syncs it all to the disk and renames; a reader
trusts a folder only after `verify`. So a crash leaves a temporary folder that nobody reads, and a
truncated or changed file is found (safetensors loads a flipped byte silently).
"""

import hashlib
import json
import os
from pathlib import Path
from typing import BinaryIO, TypedDict

from training.contract.said import say

NAME = "MANIFEST.json"


class ManifestError(ValueError):
    """A folder does not match its manifest; the message names the first file that does not."""


class File(TypedDict):
    """One file of a folder."""

    size: int
    sha256: str


Files = dict[str, File]


def entry(path: Path) -> File:
    """Size and sha256 of a file."""
    with path.open("rb") as content:
        return File(size=path.stat().st_size, sha256=digest(content))


def digest(content: BinaryIO) -> str:
    """The sha256 of what an open file holds."""
    sha256 = hashlib.sha256()
    while part := content.read(2**20):
        sha256.update(part)
    return sha256.hexdigest()


def names_in(folder: Path) -> set[str]:
    """The names of all files but the manifest; links count as files, whatever they point at."""
    paths = (path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())
    return {path.relative_to(folder).as_posix() for path in paths} - {NAME}


def scan(folder: Path) -> Files:
    """What lies in `folder` now."""
    return {name: entry(folder / name) for name in sorted(names_in(folder))}


def digest_of(files: Files) -> str:
    """The address of a folder with these files: the same for the same content."""
    text = json.dumps(files, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def write(folder: Path, files: Files) -> None:
    """Write the manifest of `folder`."""
    text = json.dumps({"version": 1, "files": files}, indent=2)
    (folder / NAME).write_text(text + "\n", encoding="utf-8")


def read(folder: Path) -> Files:
    """What the folder's own manifest says; ManifestError when there is none that can be read."""
    try:
        content = (folder / NAME).read_bytes()
    except OSError as error:
        raise ManifestError(
            say("{where} has no {name} that can be read", where=folder.name, name=NAME)
        ) from error
    return parse(content, folder.name)


def parse(content: bytes, where: str) -> Files:
    """What a manifest says, `where` it lies; ManifestError when that cannot be read."""
    try:
        files = json.loads(content)["files"]
        return {
            str(name): File(size=file["size"], sha256=file["sha256"])
            for name, file in files.items()
        }
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ManifestError(
            say("{where} has no {name} that can be read", where=where, name=NAME)
        ) from error


def verify(folder: Path, files: Files | None = None) -> Files:
    """The files of `folder`, which are as `files`, else its own manifest, says; ManifestError."""
    stated = read(folder) if files is None else files
    found = names_in(folder)
    for name in sorted(stated.keys() | found):
        if name not in stated:
            raise ManifestError(
                say("{where}: {name} is not in the manifest", where=folder.name, name=name)
            )
        path = folder / name
        if name not in found or path.is_symlink() or not path.is_file():
            raise ManifestError(say("{where}: {name} is missing", where=folder.name, name=name))
        size = path.stat().st_size
        if size != stated[name]["size"]:
            raise ManifestError(
                say(
                    "{where}: {name} has {size} bytes, {stated} expected",
                    where=folder.name,
                    name=name,
                    size=size,
                    stated=stated[name]["size"],
                )
            )
        if entry(path) != stated[name]:
            raise ManifestError(say("{where}: {name} has changed", where=folder.name, name=name))
    return stated


def missing(folder: Path, files: Files) -> str:
    """The first of `files` that is not in `folder`; empty when all are, whatever they hold."""
    return next((name for name in sorted(files) if not (folder / name).is_file()), "")


def sync(path: Path) -> None:
    """Have a file's content, or a folder's names, on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_tree(folder: Path) -> None:
    """Have a folder with all that is below it on the disk."""
    for path in sorted(folder.rglob("*")):
        sync(path)
    sync(folder)


def put_in_place(temporary: Path, target: Path) -> None:
    """Rename a file once it is on the disk: a power cut leaves the whole of it or nothing."""
    sync(temporary)
    temporary.replace(target)
    sync(target.parent)
