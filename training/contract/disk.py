"""A full disk: how an error says so, and what a job leaves half-written on it."""

import errno
import shutil
from pathlib import Path

from training.contract import files

FULL_BYTES = 2**16  # with less than that nothing can be written that counts
NUMBERS = {errno.ENOSPC, errno.EDQUOT}
# Libraries report it as errors of their own.
WORDS = ("No space left on device", "os error 28", "Disk quota exceeded")


def is_no_space(error: BaseException | None) -> bool:
    """Whether `error` is, says, or follows from, that the disk is full."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in NUMBERS:
            return True
        if any(word in str(error) for word in WORDS):
            return True
        error = error.__cause__ or error.__context__
    return False


def is_full(folder: Path) -> bool:
    """Whether the disk of `folder` is full now. Some libraries only say that writing failed."""
    return shutil.disk_usage(folder).free < FULL_BYTES


def clear(folder: Path) -> None:
    """Remove what the job in `folder` left half-written. No process may work in it any more."""
    for path in (folder / files.SCRATCH, *folder.glob("tmp-*"), *folder.glob("*/tmp-*")):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
