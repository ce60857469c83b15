"""Every way in which a training job is known to fail.

TrainingError
├── BadInputError         the data, the settings or the folder cannot be worked with
│   └── LockedError       another process works in this folder
├── DivergedError         the loss is not finite or the KL exploded; earlier checkpoints are kept
├── OutOfMemoryError      the device or the machine has no memory left
├── NoSpaceError          the disk is full; earlier checkpoints are intact
├── UnsafeModelError      the model folder carries code, pickles or a config that loads code
├── UnsafeTokenizerError  user text could forge a turn, or our encoding is not the template's
├── CorruptedError        a folder does not match its manifest
└── StoppedError          asked to stop; a checkpoint was written where the stage has them

`training.folder.main` writes code and message to error.json; anything else has the code "crash".
"""

from typing import ClassVar


class TrainingError(Exception):
    code: ClassVar[str] = "crash"
    exit_status: ClassVar[int] = 1


class BadInputError(TrainingError):
    code = "bad_input"


class LockedError(BadInputError):
    pass


class DivergedError(TrainingError):
    code = "diverged"


class OutOfMemoryError(TrainingError):
    code = "out_of_memory"


class NoSpaceError(TrainingError):
    code = "no_space"


class UnsafeModelError(TrainingError):
    code = "unsafe_model"


class UnsafeTokenizerError(TrainingError):
    code = "unsafe_tokenizer"


class CorruptedError(TrainingError):
    code = "bad_input"


class StoppedError(TrainingError):
    code = "stopped"
    exit_status = 75  # EX_TEMPFAIL of sysexits.h: run it again
