"""Tasks that wait for their completions: opened when these are there, dropped when none come."""

import logging
from collections import defaultdict
from collections.abc import Collection, Iterable

from django.db import transaction

from labeling.kinds import kinds
from labeling.models import Completion, Prompt
from labeling.tasks import open_tasks
from rounds.models import Round

logger = logging.getLogger(__name__)


@transaction.atomic
def open_ready_tasks(*, round_: Round) -> int:
    """Open each pending task whose completions are all there, and return how many."""
    round_ = Round.objects.select_for_update().select_related("project").get(pk=round_.pk)
    prompts = {int(pk) for waiting in round_.pending.values() for pk in waiting}
    withdrawn = round_.project.prompts.withdrawn().filter(pk__in=prompts)
    _forget(round_, withdrawn.values_list("pk", flat=True))
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
        asked = [group for group in groups if kinds()[kind].is_worth_asking(group)]
        if left_out := len(groups) - len(asked):
            logger.info("round %s: %s %s tasks would say nothing", round_.pk, left_out, kind)
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
    """No completions will come for `prompts`, which the model cannot take: ask nothing of them.

    `left_out` says which, and why.
    """
    if not prompts:
        return
    round_ = Round.objects.select_for_update().get(pk=round_.pk)
    _forget(round_, prompts)
    round_.save(update_fields=["pending"])


def waits_for(prompt: Prompt) -> bool:
    """Whether a model is about to write for `prompt`, which must not change meanwhile."""
    waiting = Round.objects.filter(project=prompt.project_id).values_list("pending", flat=True)
    return any(str(prompt.pk) in prompts for by_kind in waiting for prompts in by_kind.values())


def _forget(round_: Round, prompts: Iterable[int]) -> None:
    for pk in prompts:
        for waiting in round_.pending.values():
            waiting.pop(str(pk), None)
