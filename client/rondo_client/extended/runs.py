"""Runs: waiting for their end, and following what they do."""

from collections.abc import Iterator

from rondo_client.base import at
from rondo_client.errors import RunEndedError
from rondo_client.models.runs import Event, RunDetails
from rondo_client.models.shared import Run
from rondo_client.resources import runs
from rondo_client.waiting import ENDED, Waiting, Watch

PAGE = 200


class RunsApi(runs.RunsApi):
    """Training jobs: listed, followed, stopped, gone on with."""

    def wait(
        self,
        project: str,
        run: int,
        *,
        timeout: float | None = None,
        poll: float = 2.0,
        watch: Watch | None = None,
    ) -> RunDetails:
        """Wait until a run has ended.

        It fails where the run did or was cancelled (in Python: RunEndedError).

        timeout: Seconds at the most; without one for ever.

        poll: Seconds between two looks.
        """

        def look() -> RunDetails:
            found = self.read(project, run)
            if watch:
                watch(_standing(found), found.job.step, found.job.total_steps or None)
            return found

        waiting = Waiting(poll=poll, timeout=timeout)
        found = waiting.until(look, has_ended, what=f"The end of run {run}")
        if found.job.state != "succeeded":
            raise ended_badly(project, found)
        return found

    def follow(
        self, project: str, run: int, *, poll: float = 1.0, timeout: float | None = None
    ) -> Iterator[Event]:
        """What a run does, as it does it, until it has ended.

        poll: Seconds between two looks.

        timeout: Seconds at the most; without one for ever.
        """
        path = at("/projects/{project}/runs/{run}/events", project=project, run=run)
        seen = 0
        waiting = Waiting(poll=poll, timeout=timeout)
        while True:
            is_over = has_ended(self.read(project, run))
            after = seen
            for event in self._pages(
                Event, path, size=PAGE, params={"cursor": str(seen) if seen else None}
            ):
                seen = event.id
                yield event
            if is_over and seen == after:
                return
            if seen == after:
                waiting.sleep(poll)


def has_ended(run: Run | RunDetails) -> bool:
    """Whether nothing more comes of it by itself."""
    return run.job.state in ENDED


def ended_badly(project: str, run: Run | RunDetails) -> RunEndedError:
    """What happened and what can be done."""
    why = f"{run.job.error} {run.job.explanation}".strip()
    return RunEndedError(
        f"Run {run.id} ({run.stage}) of round {run.round} {run.job.state}: {why}\n"
        f"Its log: rondo runs read-log {project} {run.id} run-{run.id}.log\n"
        f"Go on from its newest checkpoint: rondo runs retry {project} {run.id}"
    )


def _standing(run: RunDetails) -> str:
    """In a few words."""
    job = run.job
    left = f", {job.eta_seconds:.0f} s left" if job.eta_seconds else ""
    phase = f" ({job.phase})" if job.phase else ""
    return f"run {run.id} {run.stage}: {job.state}{phase}{left}"
