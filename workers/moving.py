"""A training that moves to another host: its checkpoints go up while it works and come down there.

Only where the artifact store is a URL. Where it is a folder, all workers of a job see one folder of
jobs, and nothing is copied. Losing the store delays an upload; the training does not notice.
"""

import logging
import shutil
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from django.conf import settings

from core.errors import MissingFilesError
from jobs import services
from jobs.models import Job
from registry import server, travelling
from training.contract import files, manifest
from training.contract.manifest import ManifestError
from training.contract.said import say
from workers import needed
from workers.events import bring_up

logger = logging.getLogger(__name__)

LOOK_SECONDS = 2.0
OUTGOING = "tmp-outgoing"  # links to what is being uploaded: the trainer may remove its own
INCOMING = "tmp-incoming"
CLAIM = "claim"  # in a job's folder: the last one that worked there


def arrive(job: Job) -> bool:
    """Have in the job's folder what earlier claims did on other hosts; whether they left any."""
    before, fetched = _last_claim(job.folder), False
    if before < job.epoch - 1:
        bring_up(job)
        fetched = _fetch_newest(job, beyond=before)
    (job.folder / CLAIM).write_text(f"{job.epoch}\n", encoding="utf-8")
    return fetched


def _last_claim(folder: Path) -> int:
    try:
        return int((folder / CLAIM).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return 0


def _fetch_newest(job: Job, *, beyond: int) -> bool:
    """Put the newest that is whole in the place of the checkpoints here, which are older."""
    incoming = job.folder / INCOMING
    for which in travelling.saved(job):
        if which.claim <= beyond:
            break
        shutil.rmtree(incoming, ignore_errors=True)
        incoming.mkdir(mode=0o700)
        try:
            travelling.load(job, which, incoming)
        except (ManifestError, MissingFilesError) as error:
            logger.warning("job %s: %s; looking at the one before", job.pk, error)
            continue
        shutil.rmtree(job.folder / files.CHECKPOINTS, ignore_errors=True)
        (incoming / manifest.NAME).unlink()
        incoming.rename(job.folder / files.CHECKPOINTS)
        services.log(
            job=job, text=say("fetched the checkpoints that claim {n} uploaded", n=which.claim)
        )
        return True
    return False


class Uploads:
    """`with Uploads(job) as uploads:` sends each new checkpoint up, the newest first."""

    def __init__(self, job: Job, *, fetched: bool) -> None:
        """fetched: what is there was uploaded already."""
        self.job = job
        self._sent = needed.state_of(self._checkpoints) if fetched else {}
        self._number = 0
        self._said = ""
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, name=f"checkpoints of job {job.pk}")

    def __enter__(self) -> Self:
        if settings.STORE_URL:
            self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._end()

    def finish(self) -> None:
        """Send what the process wrote last, for the time that a trainer has to leave."""
        self._end()
        deadline = time.monotonic() + settings.JOB_STOP_SECONDS
        if settings.STORE_URL:
            with server.leaving_when(lambda: time.monotonic() > deadline):
                self._send()

    @property
    def _checkpoints(self) -> Path:
        return self.job.folder / files.CHECKPOINTS

    def _end(self) -> None:
        self._done.set()
        if self._thread.is_alive():
            self._thread.join()

    def _watch(self) -> None:
        with server.leaving_when(self._done.is_set):
            while not self._done.wait(LOOK_SECONDS):
                self._send()

    def _send(self) -> None:
        """Upload what is there, if it is not what was uploaded last; tried again at next look."""
        outgoing = self.job.folder / OUTGOING
        try:
            state = needed.state_of(self._checkpoints)
            if not state or state == self._sent:
                return
            content = needed.link(state, self._checkpoints, outgoing)
            self._number += 1
            travelling.save(self.job, self._number, outgoing, content)
            self._sent, self._said = state, ""
        except server.CutError:
            logger.info("job %s: an upload of a checkpoint was cut short", self.job.pk)
        except (FileNotFoundError, ManifestError):
            pass  # the trainer has removed it meanwhile: a newer one is there
        except Exception as error:  # whatever it is, the training goes on
            if str(error) != self._said:
                logger.warning("job %s: its checkpoints wait: %s", self.job.pk, error)
            self._said = str(error)
        finally:
            shutil.rmtree(outgoing, ignore_errors=True)
