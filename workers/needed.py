"""What of a job's checkpoints one needs to go on: of numbered ones the newest, and all the rest.

A checkpoint is a folder with a manifest, whatever else is in it.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

from registry.store import link_or_copy
from training.contract import manifest
from training.contract.manifest import Files

# path of a file -> when it was written: that of a checkpoint's manifest stands for the checkpoint.
State = dict[str, int]


def state_of(checkpoints: Path) -> State:
    """What is needed now. FileNotFoundError where the trainer removes some of it meanwhile."""
    found = sorted(_needed(checkpoints)) if checkpoints.is_dir() else []
    return {path.relative_to(checkpoints).as_posix(): path.stat().st_mtime_ns for path in found}


def _needed(folder: Path) -> Iterator[Path]:
    """Manifests of checkpoints below `folder`, and files beside them."""
    steps = [path for path in folder.glob("step-*/" + manifest.NAME) if _step(path) >= 0]
    newest = max(steps, key=_step, default=None)
    for path in folder.iterdir():
        if path.name.startswith("tmp-") or path.suffix == ".new":
            continue  # half-written
        whole = path / manifest.NAME
        if path.is_file():
            yield path
        elif whole.is_file():
            if whole == newest or whole not in steps:
                yield whole
        elif not path.name.startswith("step-"):
            yield from _needed(path)


def _step(path: Path) -> int:
    number = path.parent.name.removeprefix("step-")
    return int(number) if number.isdecimal() else -1


def link(state: State, checkpoints: Path, target: Path) -> Files:
    """Have all of it in the new folder `target`, linked, with a manifest; its files.

    FileNotFoundError or ManifestError where the trainer removes some of it meanwhile.
    """
    shutil.rmtree(target, ignore_errors=True)
    files: Files = {}
    for name in state:
        path = checkpoints / name
        if path.name == manifest.NAME:
            prefix = Path(name).parent
            content = manifest.read(path.parent)
            files |= {(prefix / each).as_posix(): file for each, file in content.items()}
            files[name] = manifest.entry(path)
        else:
            files[name] = manifest.entry(path)
    for name in files:
        (target / name).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        link_or_copy(checkpoints / name, target / name)
    manifest.write(target, files)
    return files
