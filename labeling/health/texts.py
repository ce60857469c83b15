"""The language of texts, and which of them are nearly the same: told by a process of its own.

What tells them loads NumPy and SciPy, 90 MB and a second: web and Celery processes do without.
"""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

PROCESS = Path(__file__).with_name("texts_process.py")
MEMORY = 2 * 2**30  # bytes of addresses that the process may take; it uses a quarter
SECONDS = 60  # that it may compute
PLACES = threading.BoundedSemaphore(2)  # processes for each web process
WAIT = 10.0  # seconds for one of them to end
UNSURE = "und"  # ISO 639-2: undetermined


@dataclass(frozen=True, kw_only=True)
class Text:
    """What is looked at: the text whose language is told, and the one that is compared with others.

    turns: of its conversation; others than of so many are not like it.
    """

    tagged: str | None = None
    compared: str | None = None
    turns: int = 1


@dataclass(frozen=True, kw_only=True)
class Told:
    """Of one text. near: the number of the first one before it that is nearly the same."""

    language: str = UNSURE
    near: int | None = None


def look_through(texts: Sequence[Text]) -> list[Told] | None:
    """What is told of each; None where it takes too long, or too much is looked through just now.

    A language is one of two letters, or UNSURE.
    """
    if not any(each.tagged is not None or each.compared is not None for each in texts):
        return [Told() for _each in texts]
    if not PLACES.acquire(timeout=WAIT):
        return None
    try:
        told = _run("".join(json.dumps(asdict(each)) + "\n" for each in texts).encode())
    finally:
        PLACES.release()
    return told if len(told) == len(texts) else None


def _run(raw: bytes) -> list[Told]:
    try:
        done = subprocess.run(
            [sys.executable, "-I", PROCESS, str(MEMORY), str(SECONDS)],
            input=raw,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # of texts of others: nothing to look at in a log
            timeout=2 * SECONDS,
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
            check=True,
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        return []
    answers = (json.loads(line) for line in done.stdout.splitlines())
    return [Told(language=language or UNSURE, near=near) for language, near in answers]
