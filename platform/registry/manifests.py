"""MANIFEST.json: what a folder of artifacts holds, and whether it still holds it.

    {"version": 1, "files": {"model.safetensors": {"size": 538090408, "sha256": "9f86d0…"}, …}}

Trainers write the same format (`training.artifacts`), which is not imported here: the platform does
without what a training process needs.
"""

import hashlib
import json
from pathlib import Path
from typing import TypedDict

from core.errors import BadInputError

NAME = "MANIFEST.json"


class File(TypedDict):
    """One file of a folder."""

    size: int
    sha256: str


Files = dict[str, File]


def read(folder: Path) -> Files:
    """What the folder's own manifest says; BadInputError when there is none that can be read."""
    try:
        files = json.loads((folder / NAME).read_text(encoding="utf-8"))["files"]
        return {
            str(name): File(size=file["size"], sha256=file["sha256"])
            for name, file in files.items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadInputError(f"{folder} has no {NAME} that can be read") from error


def write(folder: Path, files: Files) -> None:
    """Write the manifest of `folder`."""
    text = json.dumps({"version": 1, "files": files}, indent=2)
    (folder / NAME).write_text(text + "\n", encoding="utf-8")


def digest_of(files: Files) -> str:
    """The address of a folder with these files: the same for the same content."""
    text = json.dumps(files, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def file_entry(path: Path) -> File:
    """Size and sha256 of a file."""
    with path.open("rb") as content:
        sha256 = hashlib.file_digest(content, "sha256").hexdigest()
    return File(size=path.stat().st_size, sha256=sha256)


def files_in(folder: Path) -> set[str]:
    """The names of all files but the manifest; links count as files, whatever they point at."""
    paths = (path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())
    return {path.relative_to(folder).as_posix() for path in paths} - {NAME}


def verify(folder: Path, files: Files) -> None:
    """BadInputError names the first file of `folder` that is not as `files` says."""
    found = files_in(folder)
    for name in sorted(files.keys() | found):
        if name not in files:
            raise BadInputError(f"{folder.name}: {name} is not in the manifest")
        path = folder / name
        if name not in found or path.is_symlink() or not path.is_file():
            raise BadInputError(f"{folder.name}: {name} is missing")
        if path.stat().st_size != files[name]["size"]:
            raise BadInputError(f"{folder.name}: {name} has another size than the manifest says")
        if file_entry(path) != files[name]:
            raise BadInputError(f"{folder.name}: {name} has changed since its manifest was written")
