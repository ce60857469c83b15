"""Operations on runs. Written by scripts/client from the server's OpenAPI."""

from collections.abc import Iterator
from pathlib import Path

from rondo_client.base import Resource, at
from rondo_client.models.runs import Event, Outcome, Point, RunDetails, Sample
from rondo_client.models.shared import (
    Run,
)
from rondo_client.progress import Progress


class RunsApi(Resource):
    """Runs: cancel, list, list curves, list events, list samples, read, read evaluation, …"""

    def list(
        self,
        project: str,
        *,
        round: int | None = None,
        stage: str | None = None,
        state: str | None = None,
    ) -> Iterator[Run]:
        """List the runs.

        The newest first, those that write completions among them.

        round: The number of their round.

        stage: As `sft` or `ppo`.

        state: Of their job. One of waiting, queued, running, succeeded, failed, cancelled.
        """
        return self._pages(
            Run,
            at("/projects/{project}/runs", project=project),
            size=200,
            params={"round": round, "stage": stage, "state": state},
        )

    def read(self, project: str, run: int) -> RunDetails:
        """One run.

        How far it is, and what came of it.
        """
        return self._ask(
            RunDetails, "GET", at("/projects/{project}/runs/{run}", project=project, run=run)
        )

    def cancel(self, project: str, run: int) -> Run:
        """Stop a run.

        And with it what waits for it. It stops after its current step, at a checkpoint.

        409 where it has ended.
        """
        return self._ask(
            Run, "POST", at("/projects/{project}/runs/{run}/cancel", project=project, run=run)
        )

    def retry(self, project: str, run: int) -> Run:
        """Go on with a run.

        From its newest checkpoint, where it failed or was cancelled; 409 where it did not.
        """
        return self._ask(
            Run, "POST", at("/projects/{project}/runs/{run}/retry", project=project, run=run)
        )

    def list_events(self, project: str, run: int, *, kind: str | None = None) -> Iterator[Event]:
        """List what a run did.

        The oldest first. While the run goes on, ask again with the last `id` as `cursor`.

        kind: One kind only. One of state, log, progress, metric, sample.
        """
        return self._pages(
            Event,
            at("/projects/{project}/runs/{run}/events", project=project, run=run),
            size=200,
            params={"kind": kind},
        )

    def list_curves(self, project: str, run: int) -> Iterator[Point]:
        """List the points of a run's curves.

        The oldest first. What each figure means stands in `curves` of the run.
        """
        return self._pages(
            Point, at("/projects/{project}/runs/{run}/curves", project=project, run=run), size=200
        )

    def read_log(
        self, project: str, run: int, target: Path | str, *, progress: Progress | None = None
    ) -> Path:
        """The log of a run.

        All of it, as text.
        """
        return self._download(
            at("/projects/{project}/runs/{run}/log", project=project, run=run),
            target,
            progress=progress,
        )

    def read_evaluation(self, project: str, run: int) -> Outcome:
        """What a run measured.

        404 where the run has no evaluation yet.
        """
        return self._ask(
            Outcome,
            "GET",
            at("/projects/{project}/runs/{run}/evaluation", project=project, run=run),
        )

    def list_samples(self, project: str, run: int, *, model: int | None = None) -> Iterator[Sample]:
        """List what the models wrote in an evaluation.

        By prompt, the two models' texts beside each other; 404 where the run has no evaluation.

        model: The id of the version that wrote them.
        """
        return self._pages(
            Sample,
            at("/projects/{project}/runs/{run}/samples", project=project, run=run),
            size=200,
            params={"model": model},
        )
