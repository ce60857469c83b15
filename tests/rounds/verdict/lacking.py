"""Votes that lack texts, in tests."""

from typing import Any

from jobs import services as jobs
from registry.models import ModelVersion
from rounds.models import Ballot, Run
from rounds.verdict.asking import ask
from rounds.verdict.reading import ballots_of
from rounds.verdict.texts import heldout
from tests.rounds.world import World

WRITTEN = {"missing": 0, "alike": 0, "unfit": 0, "lost": False}


def drawn(world: World) -> list[int]:
    return list(heldout(world.project).values_list("pk", flat=True))


def ask_all(world: World, versions: list[ModelVersion], votes: int = 1) -> Ballot:
    return ask(
        project=world.project,
        versions=versions,
        prompts=12,
        votes=votes,
        is_written=True,
        by=world.mona,
    )


def texts_for(run: Run, *, without: int = 0) -> list[dict[str, Any]]:
    """What the trainer writes for a run."""
    return [
        {
            "prompt_id": pk,
            "position": 0,
            "text": f"{run.source} wrote \0{pk}",
            "tokens": 4,
            "finish_reason": "stop",
        }
        for pk, _n in run.job.payload["prompts"]
        if pk != without
    ]


def texts_of(ballot: Ballot) -> dict[str, object]:
    """What the page says of the texts of a ballot."""
    found: Any = next(each for each in ballots_of(ballot.project) if each.pk == ballot.pk)
    shown = found.texts
    numbers = {name: getattr(shown, name) for name in ("missing", "alike", "unfit")}
    return {**numbers, "lost": shown.are_lost}


def fail(run: Run) -> None:
    job = jobs.claim(job_id=run.job_id, worker="test")
    jobs.fail(job=job, code="out_of_memory", message="no memory")
