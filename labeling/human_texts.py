"""Texts that people wrote, to be judged blind beside those of models (docs/decisions/0075)."""

import random
from collections.abc import Collection, Iterable
from typing import NamedTuple

from labeling.kinds import kinds
from labeling.models import Annotation, Completion, Preamble, Project, Task


class HumanText(NamedTuple):
    """What somebody wrote for a prompt, and the answer in which they did."""

    text: str
    answer: Annotation


def written_for(
    prompts: Collection[int], *, project: Project, preamble: Preamble | None
) -> dict[int, HumanText]:
    """The newest text that a person wrote for each of `prompts` for which there is one.

    Of answers that count: demonstrations, corrections, a ranking's own text. preamble: what the
    texts beside it are written after; one written after another is judged with none of them.
    """
    writing = [kind.name for kind in kinds().values() if "demonstrations" in kind.tables]
    answers = Annotation.objects.counted().filter(
        project=project,
        kind__in=writing,
        is_simulated=project.is_simulated,
        task__prompt__in=prompts,
        task__preamble=preamble,
    )
    found: dict[int, HumanText] = {}
    for answer in answers.with_content().order_by("pk"):
        shown = {completion.text for completion in answer.task.completions.all()}
        for row in kinds()[answer.kind].training_rows(answer).get("demonstrations", []):
            if row["completion"] not in shown:  # found right as it was, and so a model's
                found[answer.task.prompt_id] = HumanText(row["completion"], answer)
    return found


def put_among(written: list[Completion], human: HumanText) -> None:
    """Put it at any place among what a model wrote for the same prompt and is not stored yet.

    Pages hold the keys of texts: their order must not tell which one is the person's.
    """
    one = written[0]
    text = Completion(
        prompt_id=one.prompt_id,
        answer=human.answer,
        text=human.text,
        round_number=one.round_number,
    )
    chance = random.Random(f"{human.answer.pk}:{one.round_number}")
    written.insert(chance.randint(0, len(written)), text)


def mixed(texts: list[Completion], human: Completion | None) -> list[Completion]:
    """`texts`, with a person's in the place of any one of them where there are several.

    In the order of the keys: neither what is there nor what is missing tells it apart.
    """
    if human is None or len(texts) < 2:
        return texts
    kept = random.Random(human.pk).sample(texts, len(texts) - 1)
    return sorted([*kept, human], key=lambda each: each.pk)


def authors_of(completions: Iterable[Completion]) -> list[int]:
    """The ids of the people who wrote any of them."""
    return sorted({each.answer.annotator_id for each in completions if each.answer is not None})


def retract(answer: Annotation) -> None:
    """Its text is shown to nobody else, since the answer does not count any more.

    What others have begun they may still submit, and what they said of it stays.
    """
    tasks = Task.objects.filter(state=Task.State.OPEN, completions__answer=answer)
    Task.objects.filter(pk__in=tasks.values("pk")).update(state=Task.State.WITHDRAWN)
