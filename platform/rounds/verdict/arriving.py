"""Texts that a ballot's run wrote: taken over, and asked about as soon as both sides are there."""

from collections.abc import Sequence

from django.db.models import Q, QuerySet

from core.tables import Row
from rounds.models import Awaited, Ballot, EvaluationSample, Run
from rounds.verdict.drawing import Draw
from rounds.verdict.questions import open_questions
from rounds.verdict.texts import Sampling, alike, both, heldout, written


def take_over(run: Run, rows: Sequence[Row]) -> None:
    """Store the texts; open what waited for them. Inside the transaction that ends the job.

    The ballot's row is locked first: of two runs that end at once the later one sees the other's.
    """
    ballot = Ballot.objects.select_for_update(of=("self",)).select_related("project").get(runs=run)
    EvaluationSample.objects.bulk_create(
        EvaluationSample(
            run=run,
            prompt_id=row["prompt_id"],
            model_version=run.source,
            text=row["text"].replace("\0", ""),
            tokens=row["tokens"],
            finish_reason=row["finish_reason"],
        )
        for row in rows
    )
    unfit = {pk for pk, _n in run.job.payload["prompts"]} - {row["prompt_id"] for row in rows}
    waiting = waiting_in(ballot).filter(
        sampling=Sampling.in_round(run.recipe, run.round.preamble_id).as_json()
    )
    sides = Q(older=run.source) | Q(newer=run.source)
    waiting.filter(sides, prompt__in=unfit).update(left_out=Awaited.LeftOut.UNFIT)
    if ballot.closed_at is None:
        open_ready(ballot)


def open_ready(ballot: Ballot) -> int:
    """Ask about each prompt of which both texts are there now, in the order they were drawn in.

    How many are asked. Under the lock of the ballot's row.
    """
    waiting = list(waiting_in(ballot).order_by("pk"))
    versions = {version for row in waiting for version in (row.older_id, row.newer_id)}
    there = written(ballot.project, versions, prompts={row.prompt_id for row in waiting})
    draws, ready, same = [], [], []
    for row in waiting:
        pair, sampling = (row.older_id, row.newer_id), Sampling.of(row.sampling)
        texts = there.get(row.prompt_id, {}).get(sampling, {})
        if not (found := both({sampling: texts}, pair)):
            continue
        if alike(*found[1]):
            same.append(row.pk)
        else:
            ready.append(row.pk)
            draws.append(Draw(pair, row.prompt_id, *found))
    Awaited.objects.filter(pk__in=same).update(left_out=Awaited.LeftOut.ALIKE)
    Awaited.objects.filter(pk__in=ready).delete()
    return len(open_questions(ballot, draws))


def waiting_in(ballot: Ballot) -> QuerySet[Awaited]:
    """What is still to be written for it, and may be asked about."""
    return ballot.awaited.filter(left_out="", prompt__in=heldout(ballot.project))
