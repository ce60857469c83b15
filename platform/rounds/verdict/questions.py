"""What people are shown: two texts of a prompt, which nothing tells apart but what they say."""

import random
from collections.abc import Sequence

from labeling.kinds import kinds
from labeling.models import Completion, Preamble, Purpose, Task
from labeling.tasks import open_tasks
from rounds.models import Ballot, EvaluationSample, Question, Verdict
from rounds.verdict.drawing import Draw


def open_questions(ballot: Ballot, draws: Sequence[Draw]) -> list[Task]:
    """Open a task for each, whose texts are both there, in their order."""
    if not draws:
        return []
    judge = next(kind for kind in kinds().values() if kind.judges)
    shown = _completions(draws)
    project = ballot.project
    last = project.rounds.order_by("-number").values_list("number", flat=True).first()
    preambles = Preamble.objects.in_bulk({draw.sampling.preamble or 0 for draw in draws})
    tasks: list[Task] = []
    for pk in dict.fromkeys(draw.sampling.preamble for draw in draws):
        some = [draw for draw in draws if draw.sampling.preamble == pk]
        opened = open_tasks(
            project=project,
            kind=judge.name,
            groups=[[shown[text.pk] for text in draw.texts] for draw in some],
            round_number=0,
            overlap=ballot.votes,
            priority=last or 0,
            purpose=Purpose.VERDICT,
            preamble=preambles.get(pk or 0),
        )
        Question.objects.bulk_create(
            Question(ballot=ballot, task=task, older_id=draw.pair[0], newer_id=draw.pair[1])
            for task, draw in zip(opened, some, strict=True)
        )
        tasks += opened
    Verdict.objects.update_or_create(project=project, defaults={"is_stale": True})
    return tasks


def _completions(draws: Sequence[Draw]) -> dict[int, Completion]:
    """Sample key -> the completion that these tasks show for it.

    All are made anew, at once and in a random order: among keys and times that rise with the
    version, or with the run that wrote first, whoever reads a page's source could tell the sides.
    """
    samples = EvaluationSample.objects.select_related("prompt").in_bulk(
        {text.pk for draw in draws for text in draw.texts}
    )
    sampling = {text.pk: draw.sampling for draw in draws for text in draw.texts}
    made = [
        (
            pk,
            Completion(
                prompt=sample.prompt,
                model_version_id=sample.model_version_id,
                text=sample.text,
                tokens=sample.tokens,
                finish_reason=sample.finish_reason,
                sampling=sampling[pk].as_json(),
                round_number=0,
            ),
        )
        for pk, sample in samples.items()
    ]
    random.SystemRandom().shuffle(made)
    Completion.objects.bulk_create([completion for _pk, completion in made])
    return dict(made)
