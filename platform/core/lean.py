"""What a process that has loaded Rondo does to stay small and to let its threads take turns."""

import gc
import sys

from core.tables import do_without_numpy

TURN = 0.0005  # seconds that a thread computes while others wait; Python's own 0.005 is long


def be_lean() -> None:
    """For web and Celery processes, once they have loaded what they need.

    What is loaded by now stays for good: the collector looks at it no more, nor copies it into
    processes that are forked. And a thread that computes, such as one that reads a file, lets the
    others go on sooner: those that wait for the database want little each time.
    """
    do_without_numpy()
    gc.collect()
    gc.freeze()
    sys.setswitchinterval(TURN)
