"""How alike two people compare two texts, by hand."""

import pytest

from accounts.models import User
from labeling.kinds import kinds
from labeling.models import Annotation, Project, Task
from quality.models import TaskAgreement
from quality.refreshing import refresh
from tests.factories import make_annotation, make_task


def compared(task: Task, annotator: User, step: int, *, bad: bool = False) -> Annotation:
    """An answer from -3, the older text is much better, to 3."""
    older, newer = task.completion_ids
    better = None if not step else older if step < 0 else newer
    body = {"better": better, "strength": abs(step), "both_bad": bad}
    return make_annotation(task, body, annotator=annotator)


@pytest.mark.parametrize(
    ("steps", "bad", "expected"),
    [
        (
            (-3, -1),
            (False, False),
            {
                "agreement": [1, 1],
                "beyond_chance": [0, 0.5],
                "ceiling": [2, 2],
                "steps": [2, 1],
                "both_bad": [0, 0, 1],
            },
        ),
        (
            (2, -1),
            (False, False),
            {
                "agreement": [0, 1],
                "beyond_chance": [1, 0.5],
                "ceiling": [0, 2],
                "steps": [3, 1],
                "both_bad": [0, 0, 1],
            },
        ),
        (  # a tie of one: half, and only the other one's pair is to be guessed
            (0, 1),
            (True, False),
            {
                "agreement": [0.5, 1],
                "beyond_chance": [0.5, 0.5],
                "ceiling": [0.5, 1],
                "steps": [1, 1],
                "both_bad": [0, 1, 0],
            },
        ),
        (  # two ties: nothing could differ, nothing is to be guessed
            (0, 0),
            (True, True),
            {
                "agreement": [1, 1],
                "beyond_chance": [0, 0],
                "steps": [0, 1],
                "both_bad": [1, 0, 0],
            },
        ),
    ],
)
def test_two_comparisons(
    project: Project,
    ada: User,
    bob: User,
    steps: tuple[int, int],
    bad: tuple[bool, bool],
    expected: dict[str, list[float]],
) -> None:
    task = make_task(project, "comparison", k=2, overlap=2)
    compared(task, ada, steps[0], bad=bad[0])
    compared(task, bob, steps[1], bad=bad[1])

    refresh(project.pk)

    row = TaskAgreement.objects.get()
    assert row.pairs[0][4] == expected
    assert row.agreement == expected["agreement"][0]


def test_the_same_text_twice_says_nothing(project: Project, ada: User, bob: User) -> None:
    task = make_task(project, "comparison", texts=["Same", "Same"], overlap=2)
    compared(task, ada, 0)
    compared(task, bob, 0)

    refresh(project.pk)

    assert TaskAgreement.objects.get().pairs[0][4] == {}


def test_the_better_side_in_the_order_of_the_page(project: Project, ada: User) -> None:
    answer = compared(make_task(project, "comparison", k=2), ada, -1)
    tie = compared(make_task(project, "comparison", k=2), ada, 0)
    pattern = kinds()["comparison"].pattern

    assert pattern(answer) == (0, 1)
    answer.shown_order.reverse()
    assert pattern(answer) == (1, 0)
    assert pattern(tie) == (0, 0)
