"""Folders that are either whole or not there: checkpoints and models (`contract.manifest`)."""

import shutil
import uuid
from collections.abc import Callable
from pathlib import Path

from training.contract import manifest
from training.contract.disk import is_no_space
from training.contract.manifest import ManifestError
from training.contract.said import message_of, say
from training.errors import NoSpaceError

KEPT_CHECKPOINTS = 2


def write_folder(target: Path, fill: Callable[[Path], None]) -> None:
    """Make `target` of what `fill(temporary folder)` writes; an older `target` is replaced.

    NoSpaceError when the disk is full; then, as after any other error, `target` is as it was.
    """
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = target.parent / f"tmp-{uuid.uuid4().hex}"
    temporary.mkdir(mode=0o700)
    try:
        fill(temporary)
        manifest.write(temporary, manifest.scan(temporary))
        manifest.sync_tree(temporary)
        if target.exists():
            outgoing = target.parent / f"tmp-{uuid.uuid4().hex}"
            target.rename(outgoing)
            temporary.rename(target)
            shutil.rmtree(outgoing)
        else:
            temporary.rename(target)
        manifest.sync(target.parent)
    except BaseException as error:
        shutil.rmtree(temporary, ignore_errors=True)
        if is_no_space(error):
            raise NoSpaceError(say("no space left for {name}", name=target.name)) from error
        raise


def copy_model(source: Path, target: Path) -> None:
    """Fill `target` with what lies in a folder that `write_folder` made."""
    ignore = shutil.ignore_patterns(manifest.NAME)
    shutil.copytree(source, target, dirs_exist_ok=True, ignore=ignore)


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
            manifest.verify(folder)
        except ManifestError as error:
            on_skip(message_of(error))
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
