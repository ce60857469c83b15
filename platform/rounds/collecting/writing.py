"""Who writes the completions that a round waits for, and the runs in which they do."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import cycle

from accounts.models import User
from jobs import services as jobs
from jobs.models import Job
from labeling.models import Completion
from registry.models import ModelVersion
from rounds.collecting.plan import Plan
from rounds.models import Round, Run
from rounds.stages.generate import Generate

Wanted = dict[int, int]  # prompt id -> completions


def missing(round_: Round, wanted: Wanted) -> Wanted:
    """How many completions each prompt still lacks in this round."""
    have = Counter(
        Completion.objects.filter(
            prompt__in=wanted, round_number=round_.number, model_version__isnull=False
        ).values_list("prompt", flat=True)
    )
    return {pk: n - have[pk] for pk, n in wanted.items() if n > have[pk]}


def queue_generation(round_: Round, *, plan: Plan, wanted: Wanted, by: User | None) -> None:
    """One run per model and batch; a small first batch makes the first task ready soon."""
    order = list(wanted)
    cut = plan.first_batch if 0 < plan.first_batch < len(order) else len(order)
    for part in (order[:cut], order[cut:]):
        some = {pk: wanted[pk] for pk in part}
        for version, prompts in writers(round_, plan=plan, wanted=some).items():
            launch_generation(round_=round_, version=version, prompts=prompts, plan=plan, by=by)


def writers(round_: Round, *, plan: Plan, wanted: Wanted) -> dict[ModelVersion, Wanted]:
    """Which model writes how many completions of which prompt."""
    return shares(
        wanted,
        current=round_.writer,
        earlier=earlier_writers(round_),
        share=plan.previous_share,
    )


def launch_generation(
    *,
    round_: Round,
    version: ModelVersion,
    prompts: Wanted,
    plan: Plan,
    by: User | None,
    after: Job | None = None,
) -> Run:
    """Queue one run in which `version` completes `prompts`, once `after` has succeeded."""
    index = round_.runs.writing().count()
    # A person's text is stored once a round, with those of the model that writes for each prompt.
    beside = plan.human_texts and version.pk == round_.writer_id
    job = jobs.enqueue(
        kind=Generate.name,
        payload={"prompts": [[pk, n] for pk, n in prompts.items()], "human_texts": beside},
        created_by=by,
        after=after,
    )
    recipe = {
        "temperature": plan.temperature,
        "top_p": 1.0,
        "max_new_tokens": plan.max_new_tokens,
        "batch_size": 0,  # as memory allows
        # Another one for each run, and the same when the whole project is done again.
        "seed": (plan.seed + 1000 * round_.number + index) % 2**31,
    }
    return Run.objects.create(
        round=round_,
        stage=Generate.name,
        recipe=recipe,
        job=job,
        source=version,
        launched_by=by,
        work=2.0 * version.parameters * plan.max_new_tokens * sum(prompts.values()),
    )


def shares(
    wanted: Wanted, *, current: ModelVersion, earlier: Sequence[ModelVersion], share: float
) -> dict[ModelVersion, Wanted]:
    """Who writes how many completions of which prompt.

    Over all prompts `share` of the completions come from `earlier` policies, in turn; at least one
    of each prompt from the current one.
    """
    result: dict[ModelVersion, Wanted] = defaultdict(dict)
    turn, owed = cycle(earlier), 0.0
    for pk, n in wanted.items():
        owed += n * share if earlier else 0
        previous = min(int(owed), n - 1)
        owed -= previous
        result[current][pk] = n - previous
        for _turn in range(previous):
            version = next(turn)
            result[version][pk] = result[version].get(pk, 0) + 1
    return dict(result)


def earlier_writers(round_: Round) -> list[ModelVersion]:
    """The writers of the rounds before, newest first, without this round's own."""
    earlier = Round.objects.filter(project=round_.project, number__lt=round_.number)
    found = [r.writer for r in earlier.select_related("writer").order_by("-number")]
    return [v for v in dict.fromkeys(found) if v.pk != round_.writer_id]
