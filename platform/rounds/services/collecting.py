"""What a round asks people: which prompts, whose completions, and opening the tasks."""

import logging
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from itertools import cycle

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import NotEnoughDataError
from jobs import services as jobs
from labeling.models import Completion, Kind, Project, Prompt, Split
from labeling.tasks import open_tasks
from registry.models import ModelVersion
from rounds.models import Round, Run
from rounds.plan import Plan

logger = logging.getLogger(__name__)

Wanted = dict[int, int]  # prompt id -> completions
Counts = dict[str, int]  # of a plan: rankings, demonstrations, corrections


@transaction.atomic
def ask(*, round_: Round, plan: Plan, by: User | None) -> Counts:
    """Open the demonstration tasks of `plan`, and queue what its other tasks wait for.

    How many of each could be asked: a prompt comes once a round for each kind. NotEnoughDataError
    when none could.
    """
    round_ = Round.objects.select_for_update().select_related("project", "policy").get(pk=round_.pk)
    demonstrations = pick(round_, Kind.DEMONSTRATION, plan.demonstrations, plan=plan)
    open_tasks(
        project=round_.project,
        kind=Kind.DEMONSTRATION,
        prompts=demonstrations,
        round_number=round_.number,
        priority=round_.number,
    )
    avoid = {prompt.pk for prompt in demonstrations}
    rankings = pick(round_, Kind.RANKING, plan.rankings, plan=plan, avoid=avoid)
    avoid |= {prompt.pk for prompt in rankings}
    corrections = pick(round_, Kind.CORRECTION, plan.corrections, plan=plan, avoid=avoid)
    wanted = {prompt.pk: 1 for prompt in corrections}
    wanted = {prompt.pk: plan.completions_per_ranking for prompt in rankings} | {
        pk: n for pk, n in wanted.items() if pk not in {prompt.pk for prompt in rankings}
    }
    for prompt in rankings:
        _pend(round_, Kind.RANKING, prompt, plan.completions_per_ranking)
    for prompt in corrections:
        _pend(round_, Kind.CORRECTION, prompt, 1)
    round_.save(update_fields=["pending"])
    _queue_generation(round_, plan=plan, wanted=_missing(round_, wanted), by=by)
    open_ready_tasks(round_=round_)
    found = {
        "rankings": len(rankings),
        "demonstrations": len(demonstrations),
        "corrections": len(corrections),
    }
    if not any(found.values()):
        raise NotEnoughDataError(
            _("Each prompt that fits is in this round already: import more, or widen the filters.")
        )
    return found


def asked(round_: Round) -> Counts:
    """What a round has asked for so far, completions that are still being written included."""
    kinds = {"rankings": "ranking", "demonstrations": "demonstration", "corrections": "correction"}
    opened = Counter(
        round_.project.tasks.filter(round_number=round_.number).values_list("kind", flat=True)
    )
    return {name: opened[kind] + len(round_.pending.get(kind, {})) for name, kind in kinds.items()}


def _pend(round_: Round, kind: Kind, prompt: Prompt, wanted: int) -> None:
    round_.pending.setdefault(str(kind), {})[str(prompt.pk)] = wanted


def pick(
    round_: Round, kind: Kind, count: int, *, plan: Plan, avoid: Collection[int] = ()
) -> list[Prompt]:
    """`count` prompts for tasks of `kind`: the least used first, others than `avoid` if possible.

    Training and held-out prompts come in the project's proportion, in an order that is mixed but
    the same each time.
    """
    fitting = eligible(round_.project, plan)
    held_share = fitting.filter(split=Split.HELDOUT).count() / max(fitting.count(), 1)
    taken = list(round_.pending.get(str(kind), {}))
    free = fitting.exclude(pk__in=taken).exclude(
        pk__in=round_.project.tasks.filter(kind=kind, round_number=round_.number).values("prompt")
    )
    uses = Count("tasks", filter=Q(tasks__kind=kind))
    rows = free.annotate(uses=uses).order_by("uses", "sha256").values_list("pk", "split")
    ordered = sorted(rows, key=lambda row: row[0] in avoid)
    heldout = [pk for pk, split in ordered if split == Split.HELDOUT]
    train = [pk for pk, split in ordered if split == Split.TRAIN]
    from_heldout = min(round(count * held_share), len(heldout))
    from_train = min(count - from_heldout, len(train))
    chosen = [*train[:from_train], *heldout[: count - from_train]]
    # Tasks are opened by their ids: nobody here reads what the prompts say.
    return list(Prompt.objects.filter(pk__in=chosen).defer("messages").order_by("sha256"))


def eligible(project: Project, plan: Plan) -> QuerySet[Prompt]:
    """The prompts that the plan's filters let through."""
    found = project.prompts.all()
    if plan.languages:
        found = found.filter(language__in=plan.languages)
    if plan.use_cases:
        found = found.filter(use_case__in=plan.use_cases)
    return found


def _missing(round_: Round, wanted: Wanted) -> Wanted:
    """How many completions each prompt still lacks in this round."""
    have = Counter(
        Completion.objects.filter(
            prompt__in=wanted, round_number=round_.number, model_version__isnull=False
        ).values_list("prompt", flat=True)
    )
    return {pk: n - have[pk] for pk, n in wanted.items() if n > have[pk]}


def earlier_policies(round_: Round) -> list[ModelVersion]:
    """The policies of the rounds before, newest first, without this round's own."""
    earlier = Round.objects.filter(project=round_.project, number__lt=round_.number)
    found = [r.policy for r in earlier.select_related("policy").order_by("-number")]
    return [v for v in dict.fromkeys(found) if v.pk != round_.policy_id]


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


def _queue_generation(round_: Round, *, plan: Plan, wanted: Wanted, by: User | None) -> None:
    """One run per model and batch; a small first batch makes the first task ready soon."""
    order = list(wanted)
    cut = plan.first_batch if 0 < plan.first_batch < len(order) else len(order)
    for part in (order[:cut], order[cut:]):
        writers = shares(
            {pk: wanted[pk] for pk in part},
            current=round_.policy,
            earlier=earlier_policies(round_),
            share=plan.previous_share,
        )
        for version, prompts in writers.items():
            launch_generation(round_=round_, version=version, prompts=prompts, plan=plan, by=by)


def launch_generation(
    *, round_: Round, version: ModelVersion, prompts: Wanted, plan: Plan, by: User | None
) -> Run:
    """Queue one run in which `version` completes `prompts`."""
    index = round_.runs.filter(stage=Run.Stage.GENERATE).count()
    job = jobs.enqueue(
        kind=Run.Stage.GENERATE,
        payload={"prompts": [[pk, n] for pk, n in prompts.items()]},
        created_by=by,
    )
    recipe = {
        "temperature": plan.temperature,
        "top_p": 1.0,
        "max_new_tokens": plan.max_new_tokens,
        "batch_size": 32,
        # Another one for each run, and the same when the whole project is done again.
        "seed": (plan.seed + 1000 * round_.number + index) % 2**31,
    }
    return Run.objects.create(
        round=round_,
        stage=Run.Stage.GENERATE,
        recipe=recipe,
        job=job,
        policy=version,
        launched_by=by,
        work=2.0 * version.parameters * plan.max_new_tokens * sum(prompts.values()),
    )


@transaction.atomic
def open_ready_tasks(*, round_: Round) -> int:
    """Open each pending task whose completions are all there; how many."""
    round_ = Round.objects.select_for_update().select_related("project").get(pk=round_.pk)
    prompts = {int(pk) for waiting in round_.pending.values() for pk in waiting}
    texts: dict[int, list[Completion]] = defaultdict(list)
    for completion in (
        Completion.objects.filter(prompt__in=prompts, round_number=round_.number)
        .select_related("prompt")
        .defer("prompt__messages")
        .order_by("pk")
    ):
        texts[completion.prompt_id].append(completion)
    opened = 0
    for kind, waiting in round_.pending.items():
        ready = [pk for pk, wanted in waiting.items() if len(texts[int(pk)]) >= wanted]
        groups = [texts[int(pk)][: waiting.pop(pk)] for pk in ready]
        asked = [group for group in groups if kind != Kind.RANKING or _differ(group)]
        if len(asked) < len(groups):
            logger.info("round %s: %s identical groups", round_.pk, len(groups) - len(asked))
        opened += len(
            open_tasks(
                project=round_.project,
                kind=kind,
                groups=asked,
                round_number=round_.number,
                priority=round_.number,
            )
        )
    round_.save(update_fields=["pending"])
    return opened


@transaction.atomic
def stop_waiting(*, round_: Round, prompts: Collection[int]) -> None:
    """No completions will come for `prompts`, which leave the model no room: ask nothing of them.

    Their run's log names how many.
    """
    if not prompts:
        return
    round_ = Round.objects.select_for_update().get(pk=round_.pk)
    for waiting in round_.pending.values():
        for pk in prompts:
            waiting.pop(str(pk), None)
    round_.save(update_fields=["pending"])


def _differ(group: Sequence[Completion]) -> bool:
    """Whether there is anything to rank."""
    return len({" ".join(completion.text.split()) for completion in group}) > 1
