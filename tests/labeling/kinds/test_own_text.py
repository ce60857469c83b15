"""A ranking with a text of the annotator's own: none of those shown was good enough."""

from itertools import combinations
from typing import Any

import pytest

from accounts.models import User
from core.errors import BadInputError
from labeling.assigning import claim_next
from labeling.datasets import AnnotationRecord, CompletionRecord, PromptRecord
from labeling.kind_settings import change
from labeling.kinds import kinds
from labeling.kinds.base import Wrote
from labeling.models import Annotation, Project, Task
from tests.factories import make_annotation, make_task
from tests.labeling.kinds.test_kinds import answer, ids

KIND = kinds()["ranking"]


def own(text: str = "Mine.", *, original: int | None = None, tied: bool = False) -> dict[str, Any]:
    return {"original": original, "text": text, "tied": tied}


def body(tiers: list[list[int]], unacceptable: list[int], **written: Any) -> dict[str, Any]:
    return {"tiers": tiers, "unacceptable": unacceptable, "written": own(**written)}


def test_a_body_without_one_is_stored_as_ever(project: Project) -> None:
    task = make_task(project, "ranking", k=2)
    plain = {"tiers": [ids(task)], "unacceptable": []}

    assert KIND.validate(task, plain | {"written": None}) == plain
    full = plain | {"written": own()}
    assert KIND.validate(task, plain | {"written": {"text": "Mine."}}) == full


@pytest.mark.parametrize(
    ("written", "field", "message"),
    [
        ({"original": 0}, "written", "This completion does not belong to the task."),
        ({"text": "x"}, "written", "What you wrote is one of the texts above."),
        ({"text": " \n"}, "written.text", "The text is empty."),
        ({"tied": True}, "written", "No text is acceptable"),
    ],
)
def test_what_cannot_stand_there(
    project: Project, written: dict[str, Any], field: str, message: str
) -> None:
    task = make_task(project, "ranking", texts=["x", "y"])

    with pytest.raises(BadInputError) as caught:
        KIND.validate(task, body([], ids(task), **written))

    ((named, said),) = caught.value.errors.items()
    assert (named, said.startswith(message)) == (field, True)


def test_a_project_may_not_offer_it(project: Project, ada: User, mona: User) -> None:
    change(
        project=project,
        kind="ranking",
        content={"own_text": False},
        number=1,
        by=mona,
        open_tasks=False,
    )
    task = make_task(project, "ranking", texts=["x", "y"])
    assignment = claim_next(project=project, annotator=ada)

    assert KIND.context(assignment)["may_write"] is False
    with pytest.raises(BadInputError) as caught:
        KIND.validate(task, body([ids(task)], []))
    assert caught.value.errors == {
        "written": "This task takes no text of your own. Discard it and submit."
    }


def test_it_stands_above_all_and_is_a_demonstration(project: Project, ada: User) -> None:
    task = make_task(project, "ranking", texts=["w", "x", "y"])
    w, x, y = ids(task)
    task.completions.filter(pk=y).update(finish_reason="length")
    given = answer(project, ada, body([[x], [w]], [y], original=x))

    assert KIND.training_rows(given) == {
        "rankings": [
            {
                "completions": ["w", "x", "y", "Mine."],
                "finished": [True, True, False, True],
                "tiers": [[3], [1], [0], [2]],
                "human": [3],
            }
        ],
        "demonstrations": [{"completion": "Mine.", "edited": True}],
    }


@pytest.mark.parametrize(
    ("places", "tied", "tiers"),
    [
        ([[0, 1]], False, [[2], [0, 1]]),
        ([[0, 1]], True, [[0, 1, 2]]),
        ([[1], [0]], True, [[1, 2], [0]]),
        ([], False, [[2], [0, 1]]),
    ],
)
def test_the_pairs_that_teach_are_counted_in_sql_as_in_rows(
    project: Project, places: list[list[int]], tied: bool, tiers: list[list[int]]
) -> None:
    task = make_task(project, "ranking", texts=["x", "y"])
    keys = ids(task)
    placed = [[keys[n] for n in tier] for tier in places]
    make_annotation(task, body(placed, [] if places else keys, tied=tied))
    given = Annotation.objects.with_content().get()

    (row,) = KIND.training_rows(given)["rankings"]
    taught = KIND.teaching(Annotation.objects.all())
    tier_of = {place: n for n, tier in enumerate(tiers) for place in tier}
    pairs = sum(tier_of[a] != tier_of[b] for a, b in combinations(range(3), 2))

    assert row["tiers"] == tiers
    assert [one.pairs for one in taught["rankings"]] == ([pairs] if pairs else [])  # type: ignore[attr-defined]
    assert [one.pairs for one in taught["demonstrations"]] == [1]  # type: ignore[attr-defined]


def test_only_what_edits_a_completion_is_edited(project: Project) -> None:
    edited, free, plain = (make_task(project, "ranking", texts=["x", "y"]) for _ in range(3))
    make_annotation(edited, body([ids(edited)], [], original=ids(edited)[0]))
    make_annotation(free, body([ids(free)], []))
    make_annotation(plain, {"tiers": [ids(plain)], "unacceptable": []})

    found = KIND.edited(Annotation.objects.all())

    assert [one.task for one in found] == [edited]
    taught = KIND.teaching(Annotation.objects.all())["demonstrations"]
    assert [one.task for one in taught.order_by("pk")] == [edited, free]


def test_people_read_what_was_written_and_of_what(project: Project, ada: User) -> None:
    task = make_task(project, "ranking", texts=["x", "y"])
    x, y = ids(task)
    given = answer(project, ada, body([[x]], [y], original=y))
    letter = {pk: "AB"[place] for place, pk in enumerate(given.shown_order)}

    assert KIND.summary(given) == (f"{letter[y]} edited > {letter[x]} · {letter[y]} unacceptable")
    assert KIND.wrote(given) == Wrote(text="Mine.", original="y", whole=False)
    given.body = body([[x, y]], [], tied=True)
    assert KIND.summary(given) == "own text = A = B"
    assert KIND.wrote(given) == Wrote(text="Mine.", original=None, whole=False)
    given.body = {}
    assert KIND.wrote(given) is None


def test_figures_about_people_are_of_the_texts_that_all_saw(
    project: Project, ada: User, bob: User
) -> None:
    task = make_task(project, "ranking", texts=["x", "y"], overlap=2)
    x, y = ids(task)
    plain = answer(project, ada, {"tiers": [[x], [y]], "unacceptable": []})
    written = answer(project, bob, body([[x], [y]], []))

    assert KIND.compare(plain, written) == KIND.compare(plain, plain)
    assert sorted(KIND.pattern(written)) == [0, 1]
    assert sorted(text for _name, text in KIND.shown(written)) == ["x", "y"]


def test_it_leaves_as_the_first_tier(project: Project) -> None:
    prompt = PromptRecord(1, [{"role": "user", "content": "How?"}], "", "train", "en", "")
    texts = [CompletionRecord(5, "x", "stop", "base"), CompletionRecord(6, "y", "stop", "v1")]

    def exported(written: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
        given = {"tiers": [[6]], "unacceptable": [5], "written": written}
        record = AnnotationRecord(9, "ranking", 3, 2, given, [6, 5], 4, 60, prompt, texts)
        return {dataset.name: list(make(record)) for dataset, make in KIND.exports.items()}

    def pairs(rows: dict[str, list[dict[str, Any]]]) -> list[tuple[str, str, int, int]]:
        for row in rows["preferences"]:
            mine = row["chosen"][0]["content"] == "Mine."
            assert (row["chosen_origin"] == "human", row["rejected_origin"]) == (mine, "model")
        return [
            (
                row["chosen"][0]["content"],
                row["rejected"][0]["content"],
                row["chosen_tier"],
                row["rejected_tier"],
            )
            for row in rows["preferences"]
        ]

    above = exported(own(original=6))
    tied = exported(own(tied=True))

    assert pairs(above) == [("Mine.", "y", 1, 2), ("Mine.", "x", 1, 3), ("y", "x", 2, 3)]
    assert pairs(tied) == [("y", "x", 1, 2), ("Mine.", "x", 1, 2)]
    assert above["demonstrations"] == [
        {"completion": [{"role": "assistant", "content": "Mine."}], "model": ""}
    ]
    (row,) = above["rankings"]
    assert (row["tiers"], row["edited_from"]) == ([[0], [6], [5]], 6)
    assert row["completions"][2] == {
        "id": 0,
        "text": "Mine.",
        "tier": 1,
        "acceptable": True,
        "shown_at": 0,
        "finish_reason": "stop",
        "model": "",
        "origin": "human",
    }
    (row,) = tied["rankings"]
    assert (row["tiers"], row["edited_from"]) == ([[6, 0], [5]], 0)


def test_a_file_names_the_original_by_its_text() -> None:
    given = {"tiers": [["x"]], "unacceptable": ["y"], "written": {"original": "y", "text": "Mine."}}

    assert KIND.by_ids(given, {"x": [5], "y": [6]}) == {
        "tiers": [[5]],
        "unacceptable": [6],
        "written": {"original": 6, "text": "Mine."},
    }
    with pytest.raises(BadInputError, match="none of the task's completions"):
        KIND.by_ids(given | {"written": {"original": "z", "text": "Mine."}}, {"x": [5], "y": [6]})


def test_an_answer_from_before_may_be_sent_again(project: Project, ada: User) -> None:
    """A replay is compared with what is stored, which has no word of it."""
    task = make_task(project, "ranking", texts=["x", "y"])
    plain = {"tiers": [ids(task)], "unacceptable": []}
    given = answer(project, ada, plain)

    assert given.body == plain
    assert KIND.validate(Task.objects.get(), plain) == given.body
