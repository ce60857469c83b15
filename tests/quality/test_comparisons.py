"""How alike two people compare two texts, by hand."""

import pytest

from accounts.models import User
from labeling.kinds import kinds
from labeling.models import Annotation, Project, Task
from measures.alpha import alpha
from quality import agreement
from quality.models import ProjectFigures, TaskAgreement
from quality.refreshing import refresh
from tests.factories import make_annotation, make_member, make_task
from tests.quality.conftest import packed

NOTHING = {figure.name: [0.0] * figure.width for figure in kinds()["comparison"].agreement}


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
                "ordinal": [0, 2],
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
                "ordinal": [5, 2],
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
    # Of an ordinal figure also how many answers have one; nothing is as zeros.
    ordinal = [*expected["ordinal"], 2] if "ordinal" in expected else [0, 0, 0]
    assert packed(row) == [NOTHING | expected | {"ordinal": ordinal}]
    assert row.agreement == expected["agreement"][0]


# Krippendorff 2011, example C: four coders, a dot is missing; ordinal alpha 0.815.
CODERS = ("123321412...", "1233224125.3", ".3332342251.", "12332441251.")


def test_the_ordinal_alpha_is_the_published_one(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Values 1 to 5 as steps from -2 to 2; who is missing calls both bad."""
    monkeypatch.setattr(agreement, "ENOUGH", 2)
    people = [make_member(project) for _ in CODERS]
    for unit in zip(*CODERS, strict=True):
        task = make_task(project, "comparison", k=2, overlap=4)
        for person, value in zip(people, unit, strict=True):
            compared(task, person, 0 if value == "." else int(value) - 3, bad=value == ".")

    refresh(project.pk)

    groups = ProjectFigures.objects.get().groups
    (whole,) = [row for row in groups if row["by"] == "all"]
    found = whole["figures"]["ordinal"]
    assert (whole["tasks"], found["value"]) == (12, 0.8154)
    assert found["low"] < 0.8154 < found["high"]
    # Of two people: Krippendorff's formula on the units that both have a value of.
    (pair,) = [row for row in groups if row["value"] == f"{people[0].pk}-{people[1].pk}"]
    both = [[float(a), float(b)] for a, b in zip(*CODERS[:2], strict=True) if "." not in a + b]
    assert pair["figures"]["ordinal"]["value"] == round(alpha(both, level="ordinal") or 0, 4)


def test_the_same_text_twice_says_nothing(project: Project, ada: User, bob: User) -> None:
    task = make_task(project, "comparison", texts=["Same", "Same"], overlap=2)
    compared(task, ada, 0)
    compared(task, bob, 0)

    refresh(project.pk)

    assert packed(TaskAgreement.objects.get()) == [NOTHING]


def test_the_better_side_in_the_order_of_the_page(project: Project, ada: User) -> None:
    answer = compared(make_task(project, "comparison", k=2), ada, -1)
    tie = compared(make_task(project, "comparison", k=2), ada, 0)
    pattern = kinds()["comparison"].pattern

    assert pattern(answer) == (0, 1)
    answer.shown_order.reverse()
    assert pattern(answer) == (1, 0)
    assert pattern(tie) == (0, 0)
