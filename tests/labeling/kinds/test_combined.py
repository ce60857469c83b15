"""Combined answers: InstructGPT's two steps, and what leaves of them."""

import random
from typing import Any

import pytest

from accounts.models import User
from core.errors import BadInputError
from labeling import kind_settings
from labeling.datasets import AnnotationRecord, CompletionRecord, PromptRecord
from labeling.kinds import kinds
from labeling.kinds.simulation import Habits, Simulated
from labeling.models import Annotation, Assignment, Project, Task
from tests.factories import make_annotation, make_member, make_task
from tests.labeling.kinds.test_kinds import ids

pytestmark = pytest.mark.django_db
KIND = kinds()["combined"]
SETTINGS: Any = KIND.Settings


def rated(task: Task, *numbers: int) -> dict[str, Any]:
    """Each completion's number, oldest first."""
    rows = zip(ids(task), numbers, strict=True)
    return {
        "ratings": [{"completion": pk, "scales": {"overall": n}, "flags": []} for pk, n in rows]
    }


def ranked(*tiers: list[int], bad: tuple[int, ...] = (), **more: Any) -> dict[str, Any]:
    return {"tiers": list(tiers), "unacceptable": list(bad), **more}


def both(
    rating: dict[str, Any], ranking: dict[str, Any], began: list[int] | None = None
) -> dict[str, Any]:
    """began: the order of the ranking, where it was sorted."""
    presorted = {"ranking": began} if began else {}
    return {"parts": {"rating": rating, "ranking": ranking}, "presorted": presorted}


def project_asks(project: Project, by: User, number: int = 1, **changes: Any) -> None:
    content = SETTINGS().model_dump(mode="json") | changes
    kind_settings.change(
        project=project,
        kind="combined",
        content=content,
        number=number,
        by=by,
        open_tasks=False,
    )


def test_each_part_is_checked_by_its_own_kind(project: Project) -> None:
    task = make_task(project, "combined", texts=["x", "y"])
    x, y = ids(task)
    fine = both(rated(task, 6, 2), ranked([x], [y]), [x, y])
    assert KIND.validate(task, fine) == fine
    bare = {"parts": fine["parts"]}
    assert KIND.validate(task, bare) == bare | {"presorted": {}}

    for body, name, said in [
        (both(rated(task, 6, 9), ranked([x], [y])), "parts.rating.ratings", "A number from 1 to 7"),
        (both(rated(task, 6, 2), ranked([x])), "parts.ranking.tiers", "One completion has no"),
        ({"parts": {"rating": rated(task, 6, 2)}}, "parts", "Each step of the task"),
        (
            {"parts": fine["parts"] | {"critique": {}}},
            "parts",
            "Each step of the task needs its answer.",
        ),
        (fine | {"presorted": {"rating": [x, y]}}, "presorted", "No text stands sorted"),
        (fine | {"presorted": {"ranking": [x]}}, "presorted", "is not of this task’s texts"),
        (fine | {"presorted": {"ranking": [x, x]}}, "presorted", "is not of this task’s texts"),
    ]:
        with pytest.raises(BadInputError) as caught:
            KIND.validate(task, body)
        assert said in caught.value.errors[name], body


def test_where_nothing_is_sorted_no_answer_says_so(project: Project, mona: User) -> None:
    project_asks(project, mona, presorted=False)
    task = make_task(project, "combined", texts=["x", "y"])
    x, y = ids(task)

    with pytest.raises(BadInputError) as caught:
        KIND.validate(task, both(rated(task, 6, 2), ranked([x], [y]), [x, y]))
    assert caught.value.errors == {"presorted": "No text stands sorted in this step of the task."}


def test_the_summary_the_texts_and_the_marks_are_those_of_the_steps(project: Project) -> None:
    task = make_task(project, "combined", texts=["x", "y", "z"])
    x, y, z = ids(task)
    body = both(rated(task, 6, 2, 6), ranked([z], [x], bad=(y,)), [x, z, y])
    body["parts"]["rating"]["ratings"][1]["flags"] = ["opinion"]
    given = make_annotation(task, body)

    assert KIND.summary(given) == (
        "Rating: A 6 · B 2: Expresses an opinion · C 6 | Ranking: C > A · B unacceptable"
    )
    assert KIND.shown(given) == [("A", "x"), ("B", "y"), ("C", "z")]
    assert set(KIND.marked(given)) == {"flagged", "opinion", "unacceptable"}
    assert KIND.pattern(given) == (1, 2, 0)  # as they were shown first, not as they were sorted
    assert KIND.presorted(body) is True
    assert KIND.presorted(both({}, {})) is False
    assert KIND.answered(given) == ""
    assert KIND.wrote(given) is None


def test_one_step_alone_orders_the_texts_for_training(project: Project, mona: User) -> None:
    texts = ["x", "y", "z"]
    rows = []
    for number, learned in [(1, "ranking"), (1, "rating"), (2, "none")]:
        project_asks(project, mona, number, learned=learned)
        task = make_task(project, "combined", texts=texts)
        x, y, z = ids(task)
        make_annotation(task, both(rated(task, 3, 3, 7), ranked([x], [y], bad=(z,))))
        rows.append(KIND.training_rows(Annotation.objects.latest("pk")).get("rankings", []))

    row = {"completions": texts, "finished": [True] * 3, "human": [], "edited": False}
    assert rows == [[row | {"tiers": [[0], [1], [2]]}], [row | {"tiers": [[2], [0, 1]]}], []]
    taught = KIND.teaching(Annotation.objects.all())
    pairs = [one.pairs for one in taught["rankings"].order_by("pk")]  # type: ignore[attr-defined]
    assert pairs == [3, 2]
    assert not taught["demonstrations"]
    patterns = [KIND.pattern(one) for one in Annotation.objects.order_by("pk")]
    assert patterns == [(0, 1, 2), (1, 1, 0), (0, 1, 2)]


def test_a_text_of_ones_own_is_the_answers(project: Project) -> None:
    task = make_task(project, "combined", texts=["x", "y"])
    x, y = ids(task)
    own = {"original": y, "text": "Y, edited", "tied": False}
    written = make_annotation(task, both(rated(task, 2, 2), ranked([x, y], written=own)))
    plain = make_annotation(task, both(rated(task, 2, 2), ranked([x, y])))
    new = own | {"original": None}
    whole = make_annotation(task, both(rated(task, 2, 2), ranked([x, y], written=new)))

    found = KIND.written(written)
    assert found is not None
    assert (found.text, found.original, found.whole) == ("Y, edited", "y", False)
    rows = KIND.training_rows(written)
    assert rows["demonstrations"] == [{"completion": "Y, edited", "edited": True}]
    assert rows["rankings"][0]["tiers"] == [[2], [0, 1]]
    every = Annotation.objects.all()
    taught = KIND.teaching(every)
    assert set(taught["demonstrations"]) == {written, whole}
    pairs = {one.pk: one.pairs for one in taught["rankings"]}  # type: ignore[attr-defined]
    assert pairs == {written.pk: 2, whole.pk: 2}
    assert list(KIND.edited(every)) == [written]
    assert plain not in KIND.edited(every)


def test_two_people_are_compared_step_by_step(project: Project) -> None:
    task = make_task(project, "combined", texts=["x", "y"])
    x, y = ids(task)
    one = make_annotation(task, both(rated(task, 7, 1), ranked([x], [y])))
    other = make_annotation(task, both(rated(task, 4, 1), ranked([x, y])))

    found = KIND.compare(one, other)

    parts = [kind for kind in kinds().values() if kind.combines]
    own = {f"{kind.name}_{each.name}" for kind in parts for each in kind.agreement}
    names = [figure.name for figure in KIND.agreement]
    assert (names[0], names[-1]) == ("steps", "ceiling")
    assert set(names[1:-1]) == {name for name in own if not name.endswith("_ceiling")}
    assert len(set(names)) == len(names)
    assert str(KIND.agreement[1].label) == "Rating: Nearness of ratings"
    assert set(found) <= set(names)
    assert found["steps"] == (0.75 + 0.5, 2.0)
    assert found["rating_nearness"] == (1.5, 2.0)
    assert found["rating_agreement"] == (1.0, 1.0)
    assert found["ranking_agreement"] == (0.5, 1.0)
    assert found["ceiling"] == (0.5, 1.0)  # of the ranking, which is learned from
    assert KIND.compare(one, one)["steps"] == (2.0, 2.0)


def test_each_step_leaves_as_its_kind_does() -> None:
    prompt = PromptRecord(1, [{"role": "user", "content": "How?"}], "", "train", "en", "")
    texts = [CompletionRecord(5, "x", "stop", "base"), CompletionRecord(6, "y", "stop", "v1")]
    ratings = [
        {"completion": pk, "scales": {"overall": n}, "flags": []} for pk, n in [(5, 2), (6, 6)]
    ]
    body = both({"ratings": ratings}, ranked([5], [6]), [6, 5])
    given = AnnotationRecord(
        9, "combined", 3, 2, body, [5, 6], 4, 60, prompt, texts, settings=SETTINGS()
    )

    found = {dataset.name: list(make(given)) for dataset, make in KIND.exports.items()}

    counts = {name: len(rows) for name, rows in found.items()}
    assert counts.keys() == {d.name for k in kinds().values() if k.combines for d in k.exports}
    assert {name: n for name, n in counts.items() if n} == {
        "preferences": 1,
        "unpaired": 2,  # of the ranking alone, which is learned from
        "ratings": 2,
        "rankings": 1,
    }
    (pair,) = found["preferences"]
    assert (pair["chosen"][0]["content"], pair["group_id"]) == ("x", "combined-9")
    assert [row["shown_at"] for row in found["ratings"]] == [1, 2]
    (ranking,) = found["rankings"]
    assert [row["shown_at"] for row in ranking["completions"]] == [2, 1]  # as it began, sorted


def test_a_file_names_texts(project: Project) -> None:
    named = both(
        {"ratings": [{"completion": "x", "scales": {"overall": 3}, "flags": []}]},
        ranked(["x"], bad=("y",)),  # type: ignore[arg-type,list-item]
    )
    found = KIND.by_ids(named, {"x": [5], "y": [6]})

    assert found["parts"]["rating"]["ratings"][0]["completion"] == 5
    assert found["parts"]["ranking"] == {"tiers": [[5]], "unacceptable": [6]}
    assert KIND.by_ids({"parts": [1]}, {}) == {"parts": [1]}
    assert KIND.by_ids({"parts": {"other": {}}}, {}) == {"parts": {"other": {}}}


def test_simulated_annotators_answer_each_step(project: Project) -> None:
    scores = {"Best.": 2.0, "Awful.": -3.0}
    task = make_task(project, "combined", texts=list(scores))
    best, awful = ids(task)

    def gold(prompt: str, text: str, *, finished: bool) -> float:
        return scores[text]

    habits = Habits(temperature=1e-9, flip_rate=0.0)
    body = KIND.simulate(task, Simulated(gold=gold, habits=habits, rng=random.Random(0)))

    assert body is not None
    assert body["parts"]["ranking"] == ranked([best], bad=(awful,))
    assert body["parts"]["rating"]["ratings"][0]["scales"] == {"overall": 7}
    assert KIND.validate(task, body) == body


def test_the_page_has_each_steps_form_and_scripts(project: Project) -> None:
    task = make_task(project, "combined", texts=["x", "y"])
    ada = make_member(project, "Ada")
    found = Assignment(task=task, annotator=ada, shown_order=ids(task))

    context = KIND.context(found)

    assert [step["kind"].name for step in context["steps"]] == ["rating", "ranking"]
    for step in context["steps"]:
        assert f"<{step['kind'].name}-form" in step["form"]
        assert "<kbd>↑</kbd>" in step["keys"]
    assert [kind.name for kind in KIND.forms(task)] == ["rating", "ranking", "combined"]
    assert context["presorts"] is True
