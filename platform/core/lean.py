"""What a process that has loaded Rondo does to stay small and to let its threads take turns."""

import gc
import sys

from core.tables import do_without_numpy

TURN = 0.0005  # seconds that a thread computes while others wait; Python's own are 0.005
YOUNG = 20_000  # things more than before, after which the collector looks; Python's own are 700


def be_lean() -> None:
    """For web and Celery processes, once they have loaded what they need.

    What is loaded by now stays for good: the collector looks at it no more, nor copies it into
    processes that are forked. It looks at what comes later less often: rows that are read and
    stored go by themselves, only cycles wait for it. And a thread that computes, such as one that
    reads a file, lets the others go on sooner: those that ask the database want little each time.
    """
    do_without_numpy()
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG)
    sys.setswitchinterval(TURN)
