"""Which prompts a round asks about: a draw among all, and candidates to choose from."""

from collections.abc import Collection

from django.db.models import Count, Q

from labeling.kinds import kinds
from labeling.models import Project, Prompt, Split
from labeling.queries import PromptQuerySet
from registry import services as registry
from rounds.collecting.plan import Plan
from rounds.models import Round


def pick(
    round_: Round, kind: str, count: int, *, plan: Plan, avoid: Collection[int] = ()
) -> list[Prompt]:
    """`count` prompts for tasks of `kind`: the least used first, others than `avoid` if possible.

    Training and held-out prompts come in the project's proportion, in an order that is mixed but
    the same each time. Whether one was ever chosen changes nothing: the draw is one among all.
    """
    if not count:
        return []
    fitting = _fitting(round_, plan, kind)
    held_share = fitting.filter(split=Split.HELDOUT).count() / max(fitting.count(), 1)
    uses = Count("tasks", filter=Q(tasks__kind=kind, tasks__is_chosen=False))
    rows = _unasked(fitting, round_, kind).annotate(uses=uses).order_by("uses", "sha256")
    ordered = sorted(rows.values_list("pk", "split"), key=lambda row: row[0] in avoid)
    heldout = [pk for pk, split in ordered if split == Split.HELDOUT]
    train = [pk for pk, split in ordered if split == Split.TRAIN]
    from_heldout = min(round(count * held_share), len(heldout))
    from_train = min(count - from_heldout, len(train))
    taken = [*train[:from_train], *heldout[: count - from_train]]
    # Tasks are opened by their ids: nobody here reads what the prompts say.
    return list(Prompt.objects.filter(pk__in=taken).defer("messages").order_by("sha256"))


def candidates(
    round_: Round, kind: str, count: int, *, plan: Plan, avoid: Collection[int] = ()
) -> list[int]:
    """The ids of at most `count` prompts to choose from, in the order of `pick`.

    Training prompts only: what is held out measures, so none of it may be chosen.
    """
    uses = Count("tasks", filter=Q(tasks__kind=kind))
    rows = _unasked(_fitting(round_, plan, kind).filter(split=Split.TRAIN), round_, kind)
    ordered = rows.annotate(uses=uses).order_by("uses", "sha256").values_list("pk", flat=True)
    return sorted(ordered, key=lambda pk: pk in avoid)[:count]


def eligible(project: Project, plan: Plan) -> PromptQuerySet:
    """The prompts that the plan's filters let through."""
    found = project.prompts.in_use()
    if plan.languages:
        found = found.filter(language__in=plan.languages)
    if plan.use_cases:
        found = found.filter(use_case__in=plan.use_cases)
    return found


def _fitting(round_: Round, plan: Plan, kind: str) -> PromptQuerySet:
    """Those of them that the round's writer takes, and tasks of `kind` can be about."""
    found = eligible(round_.project, plan)
    if kinds()[kind].reads_rubric:
        found = found.with_rubric()
    facts = registry.facts_of(round_.writer)
    if facts.get("system_turns") is False:
        found = found.exclude(pk__in=found.with_system_turn().values("pk"))
    if facts.get("tool_turns") is False:
        found = found.exclude(pk__in=found.with_tools().values("pk"))
    return found


def _unasked(prompts: PromptQuerySet, round_: Round, kind: str) -> PromptQuerySet:
    """Without those that the round asks about, or may still choose."""
    waiting = (round_.pending.get(kind, {}), round_.candidates.get(kind, {}))
    asked = round_.project.tasks.filter(kind=kind, round_number=round_.number).values("prompt")
    return prompts.exclude(pk__in=[pk for some in waiting for pk in some]).exclude(pk__in=asked)
