"""A training job: its folder prepared, its process followed, its outcome taken over."""

import json
import logging
import signal
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection

from core.errors import StaleEpochError
from jobs import services
from jobs.handlers import TrainingHandler
from jobs.models import Job
from registry import copies
from training.contract import disk, files
from training.contract.events import DONE, NO_SPACE, STOPPED, ErrorCode
from training.contract.said import read_back, say
from workers import launch, leftovers, moving, shutdown, space
from workers.events import EventFile
from workers.heartbeat import Heartbeat
from workers.outlasting import outlast
from workers.patience import patiently
from workers.process import TrainingProcess, end_leftover, is_free, last_words

logger = logging.getLogger(__name__)

LEAVING = say("the worker was asked to leave")
POLL_SECONDS = 0.25


def run(job: Job, handler: TrainingHandler, heart: Heartbeat) -> None:
    """Work on `job` until it has an outcome; StaleEpochError when another worker took it over."""
    leftovers.tidy()
    with copies.keeping():
        _run(job, handler, heart)


def _run(job: Job, handler: TrainingHandler, heart: Heartbeat) -> None:
    folder = job.folder
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    end_leftover(folder)
    if not is_free(folder):
        reason = say("another process still works in its folder")
        services.abandon(job=job, reason=reason, code="folder_in_use")
        return
    events = EventFile(job)
    code: int | None = DONE
    if not (folder / files.RESULT).exists():  # else the worker before was lost at the very end
        fetched = bool(settings.STORE_URL) and outlast(partial(moving.arrive, job), heart)
        with moving.Uploads(job, fetched=fetched) as uploads:
            code = _train(job, handler, heart, events)
            if code != DONE:
                uploads.finish()
    while patiently(events.store):
        pass
    if not (folder / files.RESULT).exists():
        patiently(partial(_give_up, job, handler, code, cancelled=heart.cancel_requested))
        return
    result = json.loads((folder / files.RESULT).read_text(encoding="utf-8"))
    complete = partial(handler.complete, job, folder, result)
    succeed = partial(services.succeed, job=job, result=result, complete=complete)
    ended = outlast(partial(copies.uploading, partial(patiently, succeed)), heart)
    if ended.state == Job.State.SUCCEEDED:
        leftovers.clear(folder)
        leftovers.forget(job)


def _train(job: Job, handler: TrainingHandler, heart: Heartbeat, events: EventFile) -> int | None:
    """Start the process and follow it to its end; its exit code, None when it hung."""
    folder = job.folder
    spec = outlast(partial(handler.prepare, job, folder), heart)
    spec.write(folder)
    for path in files.errors(folder):
        path.unlink()
    process = TrainingProcess.start(
        launch.command(handler.module(spec), folder, spec),
        folder=folder,
        env=launch.environment(spec),
    )
    try:
        while (code := process.wait(POLL_SECONDS)) is None:
            _follow(job, handler, events)
            if heart.lost:
                raise StaleEpochError(f"job {job.pk} was taken over")
            if heart.cancel_requested or shutdown.requested():
                process.ask_to_stop()
            if 0 < settings.JOB_STALL_SECONDS < events.silence():
                process.kill()
                return None
    except BaseException:
        process.kill()
        raise
    if code != DONE:
        logger.info("job %s: process ended with %s: %s", job.pk, code, last_words(folder))
    return code


def _follow(job: Job, handler: TrainingHandler, events: EventFile) -> None:
    """Store new events; they stay in the file while the database is away."""
    try:
        events.store()
        handler.follow(job, job.folder)
    except (OperationalError, InterfaceError) as error:
        logger.warning("database unavailable, the trainer goes on: %s", error)
        connection.close()


def _give_up(job: Job, handler: TrainingHandler, code: int | None, *, cancelled: bool) -> None:
    """Record why the process ended without a result."""
    error = error_of(job.folder)
    if cancelled:
        services.cancel(job=job)
    elif code == NO_SPACE or error.get("code") == ErrorCode.NO_SPACE or is_choked(job, error):
        fail_without_space(job, handler, message_in(error))
    elif code == STOPPED or error.get("code") == ErrorCode.STOPPED or is_cut_off(error):
        services.release(job=job, reason=LEAVING)
    elif error.get("again"):
        services.release(job=job, reason=message_in(error))
    elif error:
        services.fail(job=job, code=error["code"], message=message_in(error))
    elif code is None:
        minutes = f"{settings.JOB_STALL_SECONDS / 60:g}"
        reason = say(
            "its process said nothing for {minutes} minutes and was killed", minutes=minutes
        )
        services.abandon(job=job, reason=reason, code="stalled")
    else:
        services.abandon(job=job, reason=_reason(job.folder, code))


def message_in(error: dict[str, Any]) -> str:
    """The message of an error.json, with what it was made of."""
    return read_back(error.get("said"), error.get("message", ""))


def is_cut_off(error: dict[str, Any]) -> bool:
    """Whether it ended without a word because the worker leaves: that uses none of its attempts.

    It was asked before it could listen, or did not come to a safe place in time.
    """
    return not error and shutdown.requested()


def is_choked(job: Job, error: dict[str, Any]) -> bool:
    """Whether a process that could not say why it ended stands before a full disk.

    A launcher of several processes has an exit code of its own.
    """
    return not error and disk.is_full(job.folder)


def fail_without_space(job: Job, handler: TrainingHandler, said: str) -> None:
    """End `job` at once: another attempt would find the same disk. Nothing half-written stays."""
    disk.clear(job.folder)
    message = space.told(job, handler, said)
    services.fail(job=job, code=ErrorCode.NO_SPACE, message=message)


def error_of(folder: Path) -> dict[str, Any]:
    """The error that ended the others: when one process fails, they crash or are asked to stop."""
    told: list[dict[str, Any]] = []
    for path in files.errors(folder):
        with suppress(ValueError):
            told.append(json.loads(path.read_text(encoding="utf-8")))
    causes = [error for error in told if error["code"] not in {ErrorCode.CRASH, ErrorCode.STOPPED}]
    return next(iter(causes + told), {})


def _reason(folder: Path, code: int) -> str:
    """In words, what an exit code without an error.json means."""
    if code == -signal.SIGKILL:
        return say("its process was killed; often the machine has run out of memory")
    if code < 0:
        return say("its process was ended by {signal}", signal=signal.Signals(-code).name)
    return say("its process ended with {code}: {words}", code=code, words=last_words(folder))
