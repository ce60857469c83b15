"""Waits for the supervisor's end, however it comes, and ends what it left running.

`python -m embedded.undertaker FOLDER PID` with a pipe as its standard input, whose other end the
supervisor alone holds: the pipe closes when the supervisor is gone, even by `kill -9`.
"""

import os
import signal
import sys
from pathlib import Path

from embedded import spawn

GRACE_SECONDS = 10  # enough for a trainer to write a checkpoint of a small model


def main(folder: Path) -> None:
    """Sleep until standard input closes, then end every process of the stack in `folder`."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    while os.read(0, 1024):
        pass
    spawn.end_marked(folder, grace=GRACE_SECONDS)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
