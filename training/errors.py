"""Every way in which a training job is known to fail.

TrainingError
├── BadInputError         the data, the settings or the folder cannot be worked with
│   └── LockedError       another process works in this folder
├── DivergedError         the loss is not finite or the KL exploded; earlier checkpoints are kept
├── OutOfMemoryError      the device or the machine has no memory left
├── NoSpaceError          the disk is full; earlier checkpoints are intact
├── UnsafeModelError      the model folder carries code, pickles or a config that loads code
├── UnsafeTokenizerError  user text could forge a turn, or our encoding is not the template's
└── StoppedError          asked to stop; a checkpoint was written where the stage has them

`training.stage.main` writes code and message to error.json; anything else is a crash. A full disk
and a stop are told by the exit status as well.
"""

import errno
from typing import ClassVar

from training.contract import events
from training.contract.events import ErrorCode


class TrainingError(Exception):
    """again: run again, the job will go another way by what its folder says."""

    code: ClassVar[ErrorCode] = ErrorCode.CRASH
    exit_status: ClassVar[int] = events.FAILED

    def __init__(self, *args: object, again: bool = False) -> None:
        super().__init__(*args)
        self.again = again


class BadInputError(TrainingError):
    code = ErrorCode.BAD_INPUT


class LockedError(BadInputError):
    pass


class DivergedError(TrainingError):
    code = ErrorCode.DIVERGED


class OutOfMemoryError(TrainingError):
    code = ErrorCode.OUT_OF_MEMORY


class NoSpaceError(TrainingError):
    code = ErrorCode.NO_SPACE
    exit_status = events.NO_SPACE


class UnsafeModelError(TrainingError):
    code = ErrorCode.UNSAFE_MODEL


class UnsafeTokenizerError(TrainingError):
    code = ErrorCode.UNSAFE_TOKENIZER


class StoppedError(TrainingError):
    code = ErrorCode.STOPPED
    exit_status = events.STOPPED


def is_out_of_memory(error: BaseException) -> bool:
    """Whether this is how Python, torch or the system say that memory has run out."""
    return (
        isinstance(error, (MemoryError, OutOfMemoryError))
        or type(error).__name__ == "OutOfMemoryError"
        or (isinstance(error, RuntimeError) and "can't allocate memory" in str(error))
        or (isinstance(error, OSError) and error.errno == errno.ENOMEM)
    )
