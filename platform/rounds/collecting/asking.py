"""What a round asks people: which prompts, and opening the tasks."""

from collections import Counter
from collections.abc import Collection

from django.db import transaction
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import NotEnoughDataError
from labeling.kinds import kinds
from labeling.models import Project, Prompt, Split
from labeling.queries import PromptQuerySet
from labeling.tasks import open_tasks
from registry import services as registry
from rounds.collecting.pending import open_ready_tasks
from rounds.collecting.plan import Plan
from rounds.collecting.writing import Wanted, missing, queue_generation
from rounds.models import Round

Counts = dict[str, int]  # kind -> tasks


@transaction.atomic
def ask(*, round_: Round, plan: Plan, by: User | None) -> Counts:
    """Open the tasks of `plan` that need no completions, and queue what the others wait for.

    Returns how many of each kind could be asked: a prompt comes once a round for each kind.
    NotEnoughDataError when none could.
    """
    round_ = Round.objects.select_for_update().select_related("project", "writer").get(pk=round_.pk)
    found = dict.fromkeys(kinds(), 0)
    wanted: Wanted = {}
    avoid: set[int] = set()
    for name, kind in kinds().items():
        prompts = pick(round_, name, plan.tasks.get(name, 0), plan=plan, avoid=avoid)
        avoid |= {prompt.pk for prompt in prompts}
        found[name] = len(prompts)
        if not prompts:
            continue
        if kind.completions.most:
            number = plan.completions_of(kind)
            wanted |= {prompt.pk: max(number, wanted.get(prompt.pk, 0)) for prompt in prompts}
            waiting = round_.pending.setdefault(name, {})
            waiting |= {str(prompt.pk): number for prompt in prompts}
        else:
            open_tasks(
                project=round_.project,
                kind=name,
                prompts=prompts,
                round_number=round_.number,
                priority=round_.number,
            )
    round_.save(update_fields=["pending"])
    queue_generation(round_, plan=plan, wanted=missing(round_, wanted), by=by)
    open_ready_tasks(round_=round_)
    if not any(found.values()):
        raise NotEnoughDataError(
            _("Each prompt that fits is in this round already: import more, or widen the filters.")
        )
    return found


def asked(round_: Round) -> Counts:
    """What a round has asked for so far, completions that are still being written included."""
    tasks = round_.project.tasks.filter(round_number=round_.number)
    opened = Counter(tasks.values_list("kind", flat=True))
    return {kind: opened[kind] + len(round_.pending.get(kind, {})) for kind in kinds()}


def pick(
    round_: Round, kind: str, count: int, *, plan: Plan, avoid: Collection[int] = ()
) -> list[Prompt]:
    """`count` prompts for tasks of `kind`: the least used first, others than `avoid` if possible.

    Training and held-out prompts come in the project's proportion, in an order that is mixed but
    the same each time.
    """
    if not count:
        return []
    fitting = eligible(round_.project, plan)
    if registry.facts_of(round_.writer).get("system_turns") is False:
        fitting = fitting.exclude(pk__in=fitting.with_system_turn().values("pk"))
    held_share = fitting.filter(split=Split.HELDOUT).count() / max(fitting.count(), 1)
    taken = list(round_.pending.get(kind, {}))
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


def eligible(project: Project, plan: Plan) -> PromptQuerySet:
    """The prompts that the plan's filters let through."""
    found = project.prompts.in_use()
    if plan.languages:
        found = found.filter(language__in=plan.languages)
    if plan.use_cases:
        found = found.filter(use_case__in=plan.use_cases)
    return found
