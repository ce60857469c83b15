"""Bodies, what they refuse, and what training reads of them."""

from typing import Any

import pytest

from accounts.models import User
from core.errors import BadInputError
from labeling.assigning import claim_next
from labeling.kinds import kinds
from labeling.models import Annotation, Project, Task
from labeling.submitting import submit
from tests.factories import make_task


def answer(project: Project, annotator: User, body: dict[str, Any]) -> Annotation:
    assignment = claim_next(project=project, annotator=annotator)
    submit(assignment=assignment, body=body, client_key=assignment.client_key, active_seconds=1)
    return Annotation.objects.with_content().get(assignment=assignment)


def ids(task: Task) -> list[int]:
    return list(task.completions.order_by("pk").values_list("pk", flat=True))


def test_kinds_are_the_folders() -> None:
    assert list(kinds()) == [
        "ranking",
        "demonstration",
        "correction",
        "combined",
        "comparison",
        "critique",
        "dialogue",
        "grading",
        "rating",
        "rules",
        "stepwise",
    ]


def test_a_ranking_becomes_positions_with_the_unacceptable_last(
    project: Project, ada: User
) -> None:
    task = make_task(project, "ranking", texts=["w", "x", "y", "z"])
    w, x, y, z = ids(task)
    task.completions.filter(pk=z).update(finish_reason="length")

    given = answer(project, ada, {"tiers": [[x], [y, w]], "unacceptable": [z]})

    assert kinds()["ranking"].training_rows(given) == {
        "rankings": [
            {
                "completions": ["w", "x", "y", "z"],
                "finished": [True, True, True, False],
                "tiers": [[1], [2, 0], [3]],
                "human": [],
            }
        ]
    }


def test_the_summary_of_a_ranking_speaks_of_the_letters_that_were_seen(
    project: Project, ada: User
) -> None:
    task = make_task(project, "ranking", texts=["x", "x", "y", "z"])
    p, q, y, z = ids(task)
    given = answer(project, ada, {"tiers": [[y], [p, q]], "unacceptable": [z]})
    letters: dict[int, str] = {}
    for pk in given.shown_order:  # equal texts share a letter
        twin = {p: q, q: p}.get(pk)
        letters[pk] = letters[twin] if twin in letters else "ABC"[len(set(letters.values()))]

    assert kinds()["ranking"].summary(given) == (
        f"{letters[y]} > {letters[p]} · {letters[z]} unacceptable"
    )


@pytest.mark.parametrize(
    ("tiers", "unacceptable", "message"),
    [
        ([[0, 1], [1]], [2], "Completion {1} has two places."),
        ([[0]], [0, 1, 2], "Completion {0} has two places."),
        ([[0], [1]], [], "One completion has no place yet."),
        ([[0]], [], "2 completions have no place yet."),
        ([[0], [1], [], [2]], [], "A tier is empty."),
        ([[0], [1], [2], [999]], [], "Completion 999 does not belong to the task."),
    ],
)
def test_rankings_that_do_not_fit(
    project: Project, tiers: list[list[int]], unacceptable: list[int], message: str
) -> None:
    task = make_task(project, "ranking", k=3)
    real = dict(enumerate(ids(task)))
    body = {
        "tiers": [[real.get(n, n) for n in tier] for tier in tiers],
        "unacceptable": [real[n] for n in unacceptable],
    }

    with pytest.raises(BadInputError) as caught:
        kinds()["ranking"].validate(task, body)
    assert caught.value.errors == {"tiers": message.format(*real.values())}


@pytest.mark.parametrize(
    "body",
    [
        {"tiers": [["1"]], "unacceptable": []},
        {"tiers": [[1.0]], "unacceptable": []},
        {"tiers": [[True]], "unacceptable": []},
        {"tiers": "1", "unacceptable": []},
        {"tiers": []},
        {"tiers": [], "unacceptable": [], "reward": 1},
        {"tiers": [[]] * 10, "unacceptable": []},
    ],
)
def test_rankings_of_another_form(project: Project, body: Any) -> None:
    task = make_task(project, "ranking", k=2)
    with pytest.raises(BadInputError, match="does not have the form"):
        kinds()["ranking"].validate(task, body)


def test_an_answer_with_very_many_faults_gets_a_short_reply(project: Project) -> None:
    body = {"tiers": [["1"] * 5000], "unacceptable": []}
    with pytest.raises(BadInputError) as caught:
        kinds()["ranking"].validate(make_task(project, "ranking", k=2), body)
    assert len(caught.value.errors) == 20


def test_all_tied_and_all_unacceptable_are_judgments(project: Project) -> None:
    task = make_task(project, "ranking", k=3)
    tied = {"tiers": [ids(task)], "unacceptable": []}
    bad = {"tiers": [], "unacceptable": ids(task)}

    assert kinds()["ranking"].validate(task, tied) == tied
    assert kinds()["ranking"].validate(task, bad) == bad


def test_a_correction_teaches_twice(project: Project, ada: User) -> None:
    task = make_task(project, "correction", texts=["Ten minutes."])
    body = {"completion": ids(task)[0], "text": "Six minutes."}

    given = answer(project, ada, body)

    assert kinds()["correction"].training_rows(given) == {
        "demonstrations": [{"completion": "Six minutes."}],
        "rankings": [
            {
                "completions": ["Six minutes.", "Ten minutes."],
                "finished": [True, True],
                "tiers": [[0], [1]],
                "human": [0],
            }
        ],
    }


def test_an_unchanged_correction_is_no_comparison(project: Project, ada: User) -> None:
    task = make_task(project, "correction", texts=["Six minutes."])
    given = answer(project, ada, {"completion": ids(task)[0], "text": "Six minutes."})

    rows = kinds()["correction"].training_rows(given)
    assert rows == {"demonstrations": [{"completion": "Six minutes."}], "rankings": []}


def test_an_indented_line_is_a_change(project: Project, ada: User) -> None:
    task = make_task(project, "correction", texts=["if a:\nb()"])
    given = answer(project, ada, {"completion": ids(task)[0], "text": "if a:\n    b()"})

    taught = kinds()["correction"].teaching(Annotation.objects.filter(pk=given.pk))

    (ranking,) = kinds()["correction"].training_rows(given)["rankings"]
    assert ranking["completions"] == ["if a:\n    b()", "if a:\nb()"]
    assert list(taught["rankings"]) == [given]


def test_texts_that_differ_in_blanks_alone_are_columns_of_their_own(
    project: Project, ada: User
) -> None:
    texts = ["if a:\n    b()\n    c()", "if a:\n    b()\nc()", " ", "   ", "é", "e\u0301", "é"]
    task = make_task(project, "ranking", texts=texts)
    assignment = claim_next(project=project, annotator=ada)

    shown = kinds()["ranking"].context(assignment)["columns"]

    assert {column["completion"].text: len(column["ids"]) for column in shown} == {
        **dict.fromkeys(texts, 1),
        "é": 2,
    }
    assert kinds()["ranking"].is_worth_asking(list(task.completions.filter(text__in=[" ", "   "])))


def test_the_same_text_cannot_be_better_than_itself(project: Project, ada: User) -> None:
    task = make_task(project, "ranking", texts=["same", "same", "same "])
    a, b, c = ids(task)
    assignment = claim_next(project=project, annotator=ada)

    for tiers, unacceptable in ([[a, c], [b]], []), ([[a, c]], [b]):
        with pytest.raises(BadInputError) as caught:
            submit(
                assignment=assignment,
                body={"tiers": tiers, "unacceptable": unacceptable},
                client_key=assignment.client_key,
                active_seconds=1,
            )
        assert caught.value.errors == {
            "tiers": "The same text stands in two tiers: put it into one of them."
        }
    fine = {"tiers": [[c], [a, b]], "unacceptable": []}
    assert kinds()["ranking"].validate(Task.objects.get(), fine) == fine


def test_a_correction_of_another_tasks_completion_is_refused(project: Project) -> None:
    task, other = (make_task(project, "correction") for _ in range(2))
    with pytest.raises(BadInputError) as caught:
        kinds()["correction"].validate(task, {"completion": ids(other)[0], "text": "a"})
    assert list(caught.value.errors) == ["completion"]


def test_a_demonstration_is_one_example(project: Project, ada: User) -> None:
    make_task(project)
    given = answer(project, ada, {"text": "Six minutes."})

    assert kinds()["demonstration"].training_rows(given) == {
        "demonstrations": [{"completion": "Six minutes."}]
    }
