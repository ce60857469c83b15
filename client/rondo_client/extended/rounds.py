"""Rounds: waiting for their texts, their answers and their runs."""

from typing import Literal

from rondo_client.base import at
from rondo_client.extended.runs import ended_badly, has_ended
from rondo_client.models.rounds import RoundProgress
from rondo_client.models.shared import Run
from rondo_client.resources import rounds
from rondo_client.waiting import Waiting, Watch

PAGE = 200


class RoundsApi(rounds.RoundsApi):
    """Turns of the loop: opened, collected for, launched, ended."""

    def wait(
        self,
        project: str,
        round: int,
        *,
        until: Literal["texts", "answers", "runs"] = "runs",
        timeout: float | None = None,
        poll: float = 2.0,
        watch: Watch | None = None,
    ) -> RoundProgress:
        """Wait for a round.

        It fails where one of its runs failed or was cancelled (in Python: RunEndedError).

        until: `texts`: all completions are written that people are asked about; `answers`: people
        have given all; `runs`: everything that was launched has ended.

        timeout: Seconds at the most; without one for ever.

        poll: Seconds between two looks.
        """

        def look() -> tuple[RoundProgress, int]:
            found, open_runs = self.read(project, round), self._open_runs(project, round)
            left = {
                "texts": sum(kind.waiting for kind in found.kinds),
                "answers": found.wanted - found.given,
                "runs": open_runs,
            }[until]
            if watch:
                watch(_standing(found, until, left), found.given, found.wanted or None)
            return found, left

        waiting = Waiting(poll=poll, timeout=timeout)
        what = f"What round {round} is waited for ({until})"
        return waiting.until(look, lambda seen: seen[1] <= 0, what=what)[0]

    def _open_runs(self, project: str, round: int) -> int:
        path = at("/projects/{project}/runs", project=project)
        found = list(self._pages(Run, path, size=PAGE, params={"round": round}))
        newest = {run.stage: run for run in reversed(found)}
        for run in newest.values():
            if has_ended(run) and run.job.state != "succeeded":
                raise ended_badly(project, run)
        return sum(not has_ended(run) for run in newest.values())


def _standing(round: RoundProgress, until: str, left: int) -> str:
    """In a few words."""
    answers = f"{round.given} of {round.wanted} answers"
    more = {"texts": f", {left} prompts wait for texts", "runs": f", {left} runs"}.get(until, "")
    return f"round {round.number}: {round.state}, {answers}{more}"
