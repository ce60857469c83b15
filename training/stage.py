"""How a stage starts and ends: the process around a trainer."""

import gc
import os
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn

from training.contract import disk, events, files
from training.contract.events import ErrorCode
from training.contract.said import message_of, say
from training.errors import (
    NoSpaceError,
    OutOfMemoryError,
    StoppedError,
    TrainingError,
    is_out_of_memory,
)
from training.folder import JobFolder


def main(stage: Callable[[JobFolder], None]) -> NoReturn:
    """Run `stage` on the folder named on the command line and exit as `events` says.

    A folder whose result is there is done already: running it again does nothing.
    """
    gc.freeze()  # the libraries stay: to look through them for garbage takes half a second
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    if len(sys.argv) != 2:
        sys.exit(f"usage: python -m {stage.__module__} FOLDER")
    try:
        folder = JobFolder(sys.argv[1])
    except TrainingError as error:
        sys.exit(str(error))
    except OSError as error:
        if disk.is_no_space(error):
            sys.exit(events.NO_SPACE)
        raise
    if (folder.path / files.RESULT).exists():
        sys.exit(events.DONE)
    folder.stop_on_signals()
    try:
        run(stage, folder)
    except StoppedError as error:
        leave_together()
        sys.exit(report(folder, error))
    except Exception as error:
        sys.exit(report(folder, error))
    leave_together()
    folder.close()
    sys.exit(events.DONE)


def run(stage: Callable[[JobFolder], None], folder: JobFolder) -> None:
    """The stage, once more with half as much at a time whenever memory runs out, down to the least.

    It goes on from its newest checkpoint, and a step is what it was: in more parts. Of several
    processes the others would wait for ever, so all leave, and are halved when they are run again.
    """
    while True:
        try:
            return stage(folder)
        except Exception as error:
            known = known_error(error)
            if not isinstance(known, OutOfMemoryError) or not folder.halve():
                raise
            if several():
                raise OutOfMemoryError(message_of(known), again=True) from error
        gc.collect()  # what the failed attempt held
        if (torch := sys.modules.get("torch")) is not None:
            torch.cuda.empty_cache()


def several() -> bool:
    return int(os.environ.get("WORLD_SIZE", "1")) > 1


def leave_together() -> None:
    """End the process group of a job of several processes, all of which have come to their end.

    Its threads may still let go of Python objects: one that does so while the interpreter ends
    aborts the process. After a crash nobody waits for the others.
    """
    distributed = sys.modules.get("torch.distributed")
    if distributed and distributed.is_available() and distributed.is_initialized():
        distributed.destroy_process_group()


def report(folder: JobFolder, error: Exception) -> int:
    """Write error.json, and the traceback of what is not expected to happen; the exit status.

    Each may fail: the error may be that the disk is full, which the exit status tells all the same.
    """
    line = traceback.format_exception_only(error)[-1].strip()
    known = known_error(error)
    if known is None and disk.is_full(folder.path):
        known = NoSpaceError(say("no space left: {line}", line=line))
    if known is None:
        code, message, told = ErrorCode.CRASH, line, traceback.format_exc()
    else:
        code, message = known.code, message_of(known)
        told = message
    if isinstance(known, NoSpaceError) and folder.is_main:
        disk.clear(folder.path)
    with suppress(OSError):  # for whoever runs it by hand, and other ranks' only word
        print(told, file=sys.stderr)  # noqa: T201
    with suppress(OSError):
        folder.error(code=code, message=message, again=known is not None and known.again)
    with suppress(OSError):
        folder.close_mirrors()
    with suppress(OSError):
        folder.log(told, level="info" if isinstance(known, StoppedError) else "error")
    return events.FAILED if known is None else known.exit_status


def known_error(error: Exception) -> TrainingError | None:
    """Errors of torch and the system in our own words."""
    if isinstance(error, TrainingError):
        return error
    if is_out_of_memory(error):
        return OutOfMemoryError(say("out of memory: {error}", error=error))
    if disk.is_no_space(error):
        return NoSpaceError(say("no space left: {error}", error=error))
    return None
