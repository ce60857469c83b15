"""Having the texts written that a ballot lacks: the runs, and going on where they ended badly."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import audit
from core.errors import ConflictError, NotEnoughDataError
from jobs import services as jobs
from jobs.models import Job
from registry.models import ModelVersion
from rounds.models import Awaited, Ballot, Round, Run
from rounds.queries import RunQuerySet
from rounds.stages.blind_texts import BlindTexts
from rounds.stages.setting import Recipe
from rounds.verdict.arriving import open_ready, waiting_in
from rounds.verdict.drawing import Draw
from rounds.verdict.texts import Sampling, Written, usual_sampling

FIRST = 20  # prompts of the first batch: people begin when it is there
GROWTH = 4  # and so many times more in each after it
BATCH_SIZE = 0  # as memory allows


def begin(ballot: Ballot, draws: Sequence[Draw], there: Written, *, by: User | None) -> None:
    """Note what waits for texts, and queue a run for each version and batch of prompts.

    Batches go by the order of the draw, and a run stores its texts all at once: so which prompts
    are asked about first does not depend on what is written.
    """
    round_ = ballot.project.rounds.order_by("-number").first()
    if round_ is None:
        raise NotEnoughDataError(_("Open a round first: texts are written from then on."))
    Awaited.objects.bulk_create(
        Awaited(
            ballot=ballot,
            prompt_id=draw.prompt,
            older_id=draw.pair[0],
            newer_id=draw.pair[1],
            sampling=draw.sampling.as_json(),
        )
        for draw in draws
    )
    versions = ModelVersion.objects.in_bulk({pk for draw in draws for pk in draw.pair})
    _sampling, seed = usual_sampling(ballot.project)
    for batch in _batches(draws):
        for (pk, sampling), prompts in _lacking(batch, there).items():
            recipe = {**sampling.as_recipe(round_), "batch_size": BATCH_SIZE, "seed": seed}
            _launch(ballot, round_, versions[pk], recipe, prompts, by=by)


def _batches(draws: Sequence[Draw]) -> Iterator[list[Draw]]:
    """All pairs of a prompt are in one batch."""
    left, size = list(dict.fromkeys(draw.prompt for draw in draws)), FIRST
    while left:
        batch, left = set(left[:size]), left[size:]
        size *= GROWTH
        yield [draw for draw in draws if draw.prompt in batch]


def _lacking(
    draws: Sequence[Draw], there: Written
) -> Mapping[tuple[int, Sampling], dict[int, int]]:
    """Who must write for which prompts, sampled how."""
    found: dict[tuple[int, Sampling], dict[int, int]] = defaultdict(dict)
    for draw in draws:
        for version in draw.pair:
            if version not in there.get(draw.prompt, {}).get(draw.sampling, {}):
                found[version, draw.sampling][draw.prompt] = 1
    return found


def _launch(
    ballot: Ballot,
    round_: Round,
    version: ModelVersion,
    recipe: Recipe,
    prompts: Mapping[int, int],
    *,
    by: User | None,
) -> None:
    job = jobs.enqueue(
        kind=BlindTexts.name, payload={"prompts": list(map(list, prompts.items()))}, created_by=by
    )
    Run.objects.create(
        round=round_,
        ballot=ballot,
        stage=BlindTexts.name,
        recipe=recipe,
        job=job,
        source=version,
        launched_by=by,
        work=2.0 * version.parameters * recipe["max_new_tokens"] * len(prompts),
    )


@transaction.atomic
def go_on(*, ballot: Ballot, by: User) -> int:
    """Take up the runs that failed or were cancelled, from their checkpoints; how many.

    Prompts that were withdrawn meanwhile, and are used again, are asked about.
    """
    require_wanted(ballot)
    runs = list(lost(ballot).select_related("job").order_by("pk"))
    for run in runs:  # jobs before the ballot, as whoever ends a job locks them
        jobs.retry(job=run.job, by=by)
    row = Ballot.objects.select_for_update(of=("self",)).select_related("project").get(pk=ballot.pk)
    if not open_ready(row) and not runs:
        raise ConflictError(_("The missing texts are being written already. Load the vote again."))
    audit(actor=by, action="ballot.continued", target=f"rounds.Ballot:{ballot.pk}")
    return len(runs)


def require_wanted(ballot: Ballot) -> None:
    """ConflictError where nothing waits for its texts any more."""
    if ballot.closed_at is not None or not waiting_in(ballot).exists():
        raise ConflictError(_("Nothing waits for these texts any more: ask people anew."))


def lost(ballot: Ballot) -> RunQuerySet:
    """Its runs that ended without their texts."""
    return ballot.runs.filter(job__state__in=[Job.State.FAILED, Job.State.CANCELLED])
