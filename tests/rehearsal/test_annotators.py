from collections import Counter

import pytest

from labeling.kinds.simulation import Habits
from labeling.models import Annotation, Task
from rehearsal.annotators import hire, label_all
from tests.factories import make_project, make_prompt, make_task

CALM = Habits(temperature=1e-6, flip_rate=0.0)
PROMPT = "Why do bees make honey?"
BEST = "Bees make honey to store food for the winter, when there are no flowers to visit."
CUT = "Bees make honey to eat it in the cold months of winter. They also"
WORST = "**Sure!**\n\n- the the the the\n- the the the"

pytestmark = pytest.mark.django_db


def test_annotators_answer_every_task_through_the_services_and_skip_what_has_no_good_text() -> None:
    project = make_project(is_simulated=True)
    annotators = hire(project, by=None)
    answered = make_task(project, "ranking", texts=[BEST, WORST, CUT, "Because."])
    shown = make_task(project, prompt=answered.prompt)
    edited = make_task(project, "correction", prompt=answered.prompt, texts=[WORST])
    hopeless = make_task(project, prompt=make_prompt(project, "What else?"))

    done = label_all(project, annotators, habits=CALM, seed=0)

    assert done == Counter(
        {"skipped": len(annotators), "ranking": 1, "demonstration": 1, "correction": 1}
    )
    given = {a.task_id: a for a in Annotation.objects.all()}
    assert given.keys() == {answered.pk, shown.pk, edited.pk}
    assert {a.is_simulated for a in given.values()} == {True}
    assert given[shown.pk].body == {"text": BEST}
    assert given[edited.pk].body == {"completion": edited.completions.get().pk, "text": BEST}
    assert Task.objects.get(pk=hopeless.pk).state == Task.State.OPEN


def test_the_same_seed_gives_the_same_labels_whatever_the_ids() -> None:
    bodies = []
    for _ in range(2):
        project = make_project(is_simulated=True)
        task = make_task(
            project, "ranking", prompt=make_prompt(project, PROMPT), texts=[BEST, CUT, "No.", WORST]
        )
        label_all(project, hire(project, by=None), habits=Habits(temperature=3.0), seed=7)
        names = {c.pk: c.text for c in task.completions.all()}
        body = Annotation.objects.get(task=task).body
        bodies.append([[names[pk] for pk in tier] for tier in body["tiers"]])

    assert bodies[0] == bodies[1]
