"""What a round asks people: which prompts, and opening the tasks."""

from collections import Counter
from collections.abc import Collection

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import NotEnoughDataError
from labeling.models import Kind, Project, Prompt, Split
from labeling.tasks import open_tasks
from rounds.collecting.pending import open_ready_tasks
from rounds.collecting.plan import Plan
from rounds.collecting.writing import missing, queue_generation
from rounds.models import Round

Counts = dict[str, int]  # of a plan: rankings, demonstrations, corrections


@transaction.atomic
def ask(*, round_: Round, plan: Plan, by: User | None) -> Counts:
    """Open the demonstration tasks of `plan`, and queue what its other tasks wait for.

    How many of each could be asked: a prompt comes once a round for each kind. NotEnoughDataError
    when none could.
    """
    round_ = Round.objects.select_for_update().select_related("project", "writer").get(pk=round_.pk)
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
    queue_generation(round_, plan=plan, wanted=missing(round_, wanted), by=by)
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
