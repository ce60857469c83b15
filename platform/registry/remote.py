"""The artifact store at a URL: what lies in the folder of a store, as objects of the same names.

    <url>/models/<sha256>/…   <url>/snapshots/<sha256>/…   <url>/jobs/<job>/<claim>-<number>/…

Files go up one by one and the manifest last: a folder without one is not there. What is there with
its size is not sent again, so that an upload that was cut goes on where it was.
"""

import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from core.errors import MissingFilesError
from registry.server import path, reaching, system, unusable, watch
from registry.store import LEFTOVER_SECONDS, shown
from training.contract import manifest
from training.contract.manifest import Files, ManifestError


def upload(folder: Path, uri: str, files: Files) -> None:
    """Have `files` of `folder`, then its manifest, at `uri`."""
    there = sizes(uri)
    for name in [*sorted(files), manifest.NAME]:
        if there.get(name) != (folder / name).stat().st_size:
            _send(folder / name, path(uri, name))


def _send(source: Path, target: str) -> None:
    with reaching():
        try:
            system().put_file(str(source), target, callback=watch())
        except FileNotFoundError as error:
            if not source.exists():
                raise
            raise unusable(f"{error}") from error  # no such bucket


def is_whole(uri: str, files: Files) -> bool:
    """Whether all of `files` and a manifest are at `uri`, by their sizes."""
    there = sizes(uri)
    wanted = {name: file["size"] for name, file in files.items()}
    return manifest.NAME in there and {name: there.get(name) for name in files} == wanted


def download(uri: str, files: Files, folder: Path) -> None:
    """Fetch `files` into the empty `folder`, and the manifest that they make.

    MissingFilesError where one is not in the store, ManifestError where it is not as stated.
    """
    for name, stated in files.items():
        target = folder / name
        if not target.resolve().is_relative_to(folder.resolve()):
            raise ManifestError(f"{uri}: {name} leads out of its folder")
        target.parent.mkdir(parents=True, exist_ok=True)
        # Twice: what was cut short on the way is whole the second time.
        if not any(_fetch(uri, name, target) == stated for _attempt in range(2)):
            raise ManifestError(f"{uri}: {name} has changed")
    manifest.write(folder, files)


def _fetch(uri: str, name: str, target: Path) -> manifest.File:
    with reaching():
        try:
            system().get_file(path(uri, name), str(target), callback=watch())
        except FileNotFoundError as error:
            if not system().exists(path("")):
                raise unusable("nothing is there") from error
            message = f"{uri} is not whole in {shown('')}: no {name}"
            raise MissingFilesError(message) from error
    return manifest.entry(target)


def read(uri: str, name: str, start: int, end: int) -> bytes:
    """The bytes from `start` up to `end` of the file `name` at `uri`."""
    with reaching():
        found: bytes = system().cat_file(path(uri, name), start=start, end=end)
    return found


def manifest_at(uri: str) -> Files:
    """What the manifest at `uri` says; ManifestError where there is none that can be read."""
    with reaching():
        try:
            content: bytes = system().cat_file(path(uri, manifest.NAME))
        except FileNotFoundError as error:
            raise ManifestError(f"{uri} has no {manifest.NAME}") from error
    return manifest.parse(content, uri)


def fault(uri: str, files: Files, *, quick: bool) -> str:
    """What is wrong at `uri`; empty where all is as `files` says. quick: whether it is there."""
    there = sizes(uri)
    if missing := sorted(files.keys() - there.keys()):
        return f"no {missing[0]}" if there else "its folder is missing"
    if quick:
        return ""
    if more := sorted(there.keys() - files.keys() - {manifest.NAME}):
        return f"{more[0]} is not in the manifest"
    for name, stated in sorted(files.items()):
        with reaching(), system().open(path(uri, name), "rb") as content:
            if manifest.digest(content) != stated["sha256"]:
                return f"{name} has changed"
    return ""


def sizes(uri: str) -> dict[str, int]:
    """name -> bytes of each file at `uri`; nothing where nothing is there."""
    root = path(uri) + "/"
    found: dict[str, Any] = {}
    with reaching(), suppress(FileNotFoundError):
        found = system().find(path(uri), detail=True)
    # Folders may be among them: empty ones that a console made, or `uri` while it is being filled.
    return {
        each.removeprefix(root): int(info["size"])
        for each, info in found.items()
        if each.startswith(root) and not each.endswith("/")
    }


def names(uri: str) -> set[str]:
    """The names of the folders right below `uri`."""
    return {name.partition("/")[0] for name in sizes(uri) if "/" in name}


def sweep(below: str, *, keep: set[str]) -> list[str]:
    """Remove the folders right below that are not among `keep`, after a day of grace."""
    unnamed = [uri for name in sorted(names(below)) if (uri := f"{below}/{name}") not in keep]
    old = [uri for uri in unnamed if _age(uri) > LEFTOVER_SECONDS]
    for uri in old:
        delete(uri)
    return old


def _age(uri: str) -> float:
    """Seconds since anything at `uri` was written."""
    with reaching():
        written = [system().modified(path(uri, name)).timestamp() for name in sizes(uri)]
    return time.time() - max(written, default=0.0)


def delete(uri: str) -> None:
    """Remove what is at `uri`, the manifest first: half of it is not there."""
    for name in sorted(sizes(uri), key=lambda name: (name != manifest.NAME, name)):
        # One by one: a pattern in an address would be taken for many.
        with reaching(), suppress(FileNotFoundError):
            system().rm_file(path(uri, name))
