"""What a round asks people: opening the tasks, or queueing what they wait for."""

from collections import Counter

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import NotEnoughDataError
from labeling.kinds import kinds
from labeling.tasks import open_tasks
from rounds.collecting import choosing
from rounds.collecting.pending import open_ready_tasks
from rounds.collecting.picking import pick
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
        drawn = plan.tasks.get(name, 0) - plan.chosen_of(kind)
        prompts = pick(round_, name, drawn, plan=plan, avoid=avoid)
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
                preamble=round_.preamble,
            )
    round_.save(update_fields=["pending"])
    queue_generation(round_, plan=plan, wanted=missing(round_, wanted), by=by)
    open_ready_tasks(round_=round_)
    for name, number in choosing.queue(round_, plan=plan, by=by, avoid=avoid).items():
        found[name] += number
    if not any(found.values()):
        if all(kind.reads_rubric for name, kind in kinds().items() if plan.tasks.get(name)):
            raise NotEnoughDataError(
                _(
                    "No prompt that fits has a rubric, or each that has is in this round already:"
                    " write rubrics on the prompts’ pages, or import them."
                )
            )
        raise NotEnoughDataError(
            _("Each prompt that fits is in this round already: import more, or widen the filters.")
        )
    return found


def asked(round_: Round) -> Counts:
    """What a round has asked for so far, completions that are still being written included."""
    tasks = round_.project.tasks.filter(round_number=round_.number)
    opened = Counter(tasks.values_list("kind", flat=True))
    waiting = {kind: len(round_.pending.get(kind, {})) for kind in kinds()}
    chosen = choosing.under_way(round_)
    return {kind: opened[kind] + waiting[kind] + chosen[kind] for kind in kinds()}
