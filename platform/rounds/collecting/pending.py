"""Tasks that wait for their completions: opened when these are there, dropped when none come."""

import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from django.db import transaction

from labeling.human_texts import mixed
from labeling.kinds import kinds
from labeling.models import Completion
from labeling.tasks import open_tasks
from rounds.models import Round

logger = logging.getLogger(__name__)
Group = list[Completion]


@transaction.atomic
def open_ready_tasks(*, round_: Round) -> int:
    """Open each pending task whose completions are all there, and return how many."""
    round_ = _lock(round_)
    prompts = {int(pk) for waiting in round_.pending.values() for pk in waiting}
    withdrawn = round_.project.prompts.withdrawn().filter(pk__in=prompts)
    _forget(round_, withdrawn.values_list("pk", flat=True))
    texts, human = _texts(round_, prompts), _human_texts(round_, prompts)
    opened = 0
    for kind, waiting in round_.pending.items():
        ready = [pk for pk, wanted in waiting.items() if len(texts[int(pk)]) >= wanted]
        groups = [mixed(texts[int(pk)][: waiting.pop(pk)], human.get(int(pk))) for pk in ready]
        asked = [group for group in groups if kinds()[kind].is_worth_asking(group)]
        if left_out := len(groups) - len(asked):
            logger.info("round %s: %s %s tasks would say nothing", round_.pk, left_out, kind)
        opened += _open(round_, kind, asked)
    round_.save(update_fields=["pending", "candidates"])
    return opened


def candidates(round_: Round, kind: str, prompts: Iterable[int]) -> dict[int, Group]:
    """Those of `prompts` that may still be chosen and are worth asking, with what was written."""
    waiting = round_.candidates.get(kind, {})
    wanted = {pk: waiting[str(pk)] for pk in prompts if str(pk) in waiting}
    in_use = round_.project.prompts.in_use().filter(pk__in=wanted).values_list("pk", flat=True)
    texts = _texts(round_, in_use)
    groups = {pk: texts[pk][:n] for pk, n in wanted.items() if len(texts[pk]) >= n}
    return {pk: group for pk, group in groups.items() if kinds()[kind].is_worth_asking(group)}


@transaction.atomic
def open_chosen(
    *, round_: Round, kind: str, among: Sequence[int], score: Mapping[int, float], number: int
) -> list[int]:
    """Open tasks for the `number` prompts of `among` with the highest score; the ids of these.

    The others are candidates no more; what was written for them stays. Equal scores come in the
    order of `among`.
    """
    round_ = _lock(round_)
    found = candidates(round_, kind, [pk for pk in among if pk in score])
    chosen = sorted(found, key=lambda pk: -score[pk])[:number]
    for pk in among:
        round_.candidates.get(kind, {}).pop(str(pk), None)
    round_.save(update_fields=["candidates"])
    _open(round_, kind, [found[pk] for pk in chosen], is_chosen=True)
    return chosen


@transaction.atomic
def stop_waiting(*, round_: Round, prompts: Collection[int]) -> None:
    """No completions will come for `prompts`, which the model cannot take: ask nothing of them.

    `left_out` says which, and why.
    """
    if not prompts:
        return
    round_ = _lock(round_)
    _forget(round_, prompts)
    round_.save(update_fields=["pending", "candidates"])


def waits_for(project: int, prompts: Collection[int]) -> bool:
    """Whether a model is about to write for one of `prompts`, which must not change meanwhile."""
    rounds = Round.objects.filter(project=project).only("pending", "candidates")
    return any(not round_.awaited.isdisjoint(prompts) for round_ in rounds)


def _lock(round_: Round) -> Round:
    return Round.objects.select_for_update().select_related("project").get(pk=round_.pk)


def _open(round_: Round, kind: str, groups: Sequence[Group], *, is_chosen: bool = False) -> int:
    tasks = open_tasks(
        project=round_.project,
        kind=kind,
        groups=groups,
        round_number=round_.number,
        priority=round_.number,
        is_chosen=is_chosen,
        preamble=round_.preamble,
    )
    return len(tasks)


def _texts(round_: Round, prompts: Iterable[int]) -> dict[int, Group]:
    """What models wrote in the round for each of `prompts`, oldest first."""
    texts: dict[int, Group] = defaultdict(list)
    written = Completion.objects.filter(
        prompt__in=prompts, round_number=round_.number, answer__isnull=True
    )
    for completion in written.select_related("prompt").defer("prompt__messages").order_by("pk"):
        texts[completion.prompt_id].append(completion)
    return texts


def _human_texts(round_: Round, prompts: Iterable[int]) -> dict[int, Completion]:
    """What people wrote for `prompts` that stands among the texts of the round.

    Not what counts no more, nor where without its author too few are left to answer.
    """
    written = Completion.objects.filter(
        prompt__in=prompts, round_number=round_.number, answer__standing="counts"
    )
    rows = written.select_related("answer", "prompt").defer("prompt__messages", "answer__body")
    found = {each.prompt_id: each for each in rows}
    members = set(round_.project.memberships.values_list("user", flat=True)) if found else set()
    enough = round_.project.overlap
    return {
        prompt: each
        for prompt, each in found.items()
        if each.answer and len(members - {each.answer.annotator_id}) >= enough
    }


def _forget(round_: Round, prompts: Iterable[int]) -> None:
    for pk in prompts:
        for waiting in (*round_.pending.values(), *round_.candidates.values()):
            waiting.pop(str(pk), None)
