"""Errors in a completion: what an answer is, how two agree, and what leaves of it."""

import random
from typing import Any

import pytest

from accounts.models import User
from core.errors import BadInputError
from labeling.checks import files, uploading
from labeling.datasets import AnnotationRecord, CompletionRecord, Dataset, PromptRecord
from labeling.kinds import kinds
from labeling.kinds.critique.exports import CRITIQUES
from labeling.kinds.critique.settings import CritiqueSettings
from labeling.kinds.simulation import Habits, Simulated
from labeling.models import Gold, Project
from labeling.unpaired import UNPAIRED
from tests.factories import make_annotation, make_task
from tests.labeling.kinds.test_kinds import answer, ids

KIND = kinds()["critique"]
EGG = "Boil the 🥚 for six hours. 然后吃掉它。Eggs are plants."


def error(quote: str, type_: str = "accuracy", severity: str = "major", **more: Any) -> Any:
    """Of the only place of `quote` in EGG, in code points."""
    start = EGG.index(quote)
    place = {"start": start, "end": start + len(quote)}
    return {**place, "type": type_, "severity": severity, "note": "", **more}


def body(pk: int, *errors: Any, text: str = "") -> dict[str, Any]:
    return {"completion": pk, "errors": list(errors), "text": text}


def test_errors_may_overlap_and_count_code_points(project: Project, ada: User) -> None:
    task = make_task(project, "critique", texts=[EGG])
    said = body(
        ids(task)[0],
        error("six hours", severity="critical", note="Minutes."),
        error("for six", "fluency", "minor"),
        error("吃掉它", "instruction"),
        text="Careless.",
    )

    given = answer(project, ada, said)

    assert given.body == said
    quotes = [EGG[each["start"] : each["end"]] for each in given.body["errors"]]
    assert quotes == ["six hours", "for six", "吃掉它"]
    assert KIND.summary(given) == "3 errors, score 31 · Careless."
    assert KIND.marked(given) == ["gravest_error"]
    assert KIND.training_rows(given) == {}
    given.body = body(ids(task)[0])
    assert (KIND.summary(given), KIND.marked(given)) == ("No errors", [])


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"end": 1000}, "errors.0"),
        ({"end": 0}, "errors.0"),
        ({"start": 8, "end": 9}, "errors.0"),  # a blank
        ({"start": -1}, "errors.0.start"),
        ({"type": "spelling"}, "errors.0"),
        ({"severity": "huge"}, "errors.0"),
        ({"note": "\0"}, "errors.0.note"),
        ({"note": "a" * 1001}, "errors.0.note"),
        ({"weight": 5}, "errors.0.weight"),
    ],
)
def test_errors_of_another_form_are_refused(
    project: Project, change: dict[str, Any], field: str
) -> None:
    task = make_task(project, "critique", texts=[EGG])

    with pytest.raises(BadInputError) as caught:
        KIND.validate(task, body(ids(task)[0], error("Boil", **change)))

    assert list(caught.value.errors) == [field]


def test_one_part_is_marked_once_with_a_type(project: Project) -> None:
    task = make_task(project, "critique", texts=[EGG])
    pk = ids(task)[0]
    twice = body(pk, error("Boil"), error("Boil", severity="minor"))

    with pytest.raises(BadInputError) as caught:
        KIND.validate(task, twice)
    assert list(caught.value.errors) == ["errors.1"]
    KIND.validate(task, body(pk, error("Boil"), error("Boil", "style")))
    with pytest.raises(BadInputError) as caught:
        KIND.validate(task, body(pk + 1))
    assert list(caught.value.errors) == ["completion"]


def test_words_are_needed_where_the_project_says_so(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = make_task(project, "critique", texts=[EGG])
    needed = CritiqueSettings(needs_text=True)
    monkeypatch.setattr(type(KIND), "settings_of", lambda self, task: needed)

    with pytest.raises(BadInputError) as caught:
        KIND.validate(task, body(ids(task)[0], error("Boil"), text=" "))
    assert list(caught.value.errors) == ["text"]
    assert KIND.validate(task, body(ids(task)[0], text="Fine."))["text"] == "Fine."


def compared(
    project: Project, one: list[Any], other: list[Any], texts: tuple[str, str] = ("", "")
) -> Any:
    task = make_task(project, "critique", texts=[EGG], overlap=2)
    pk = ids(task)[0]
    first = make_annotation(task, body(pk, *one, text=texts[0]))
    second = make_annotation(task, body(pk, *other, text=texts[1]))
    return KIND.compare(first, second)


def test_agreement_is_of_sentences_characters_types_and_severities(project: Project) -> None:
    # Both in the first sentence, one in the last; of the first's characters four are shared.
    sums = compared(
        project,
        [error("Boil the", severity="critical"), error("plants")],
        [error("Boil", "style")],
    )

    assert sums == {
        "sentences": (2.0, 3.0),
        "marked": (1.0, 1.0, 1.0),
        "overlap": (2 * 4.0, 8.0 + 6 + 4),
        "types": (0.0, 1.0),
        "severity": (0.0, 1.0),
        "score": (25.0, 1.0),
    }


def test_two_who_find_nothing_agree_on_every_sentence(project: Project) -> None:
    assert compared(project, [], []) == {
        "sentences": (3.0, 3.0),
        "marked": (0.0, 0.0, 3.0),
        "score": (0.0, 1.0),
    }


def test_words_are_compared_where_both_wrote_some(project: Project) -> None:
    same = compared(project, [error("Boil")], [error("Boil")], ("Bad.", "Bad."))
    assert same["similarity"] == (1.0, 1.0)
    assert (same["types"], same["severity"]) == ((1.0, 1.0), (1.0, 1.0))
    assert "similarity" not in compared(project, [], [], ("Bad.", " "))


def exported(said: dict[str, Any], dataset: Dataset = CRITIQUES) -> list[dict[str, Any]]:
    prompt = PromptRecord(1, [{"role": "user", "content": "How?"}], "", "train", "en", "")
    texts = [CompletionRecord(5, EGG, "stop", "base")]
    settings = CritiqueSettings()
    given = AnnotationRecord(
        9, "critique", 3, 2, said, [5], 4, 60, prompt, texts, settings=settings
    )
    return list(KIND.exports[dataset](given))


def test_each_error_is_a_row_by_its_place() -> None:
    rows = exported(
        body(5, error("吃掉它", "style", "minor"), error("six hours", note="Minutes."), text="Bad.")
    )

    of_answer = {
        "completion_id": 5,
        "completion": EGG,
        "finish_reason": "stop",
        "model": "base",
        "text": "Bad.",
        "score": 6.0,
        "errors": 2,
    }
    hours = {"quote": "six hours", "type": "accuracy", "severity": "major", "weight": 5.0}
    eaten = {"quote": "吃掉它", "type": "style", "severity": "minor", "weight": 1.0, "note": ""}
    assert rows == [
        {**of_answer, **hours, "note": "Minutes.", "start": 15, "end": 24},
        {**of_answer, **eaten, "start": 28, "end": 31},
    ]


def test_an_answer_without_errors_is_a_row_that_says_so() -> None:
    (row,) = exported(body(5))

    assert (row["type"], row["severity"], row["weight"]) == ("no_error", "no_error", 0.0)
    assert (row["start"], row["end"], row["quote"], row["score"]) == (0, 0, "", 0.0)


def test_a_text_without_errors_is_desirable() -> None:
    (good,) = exported(body(5), UNPAIRED)
    (bad,) = exported(body(5, error("吃掉它", "style", "minor")), UNPAIRED)

    assert (good["label"], bad["label"], bad["model"]) == (True, False, "base")


SCORES = {"Good. Awful.": 0.0, "Good.": 1.2, "Awful.": -1.0, " ": 0.0, "Bad.": -3.0}


def gold(prompt: str, text: str, *, finished: bool) -> float:
    return SCORES[text.strip()]


@pytest.mark.parametrize(
    ("text", "found"),
    [("Good. Awful.", [(6, 12, "critical")]), ("Bad.", [(0, 4, "critical")]), ("Good.", [])],
)
def test_a_simulated_annotator_marks_what_gold_is_higher_without(
    project: Project, text: str, found: list[Any]
) -> None:
    task = make_task(project, "critique", texts=[text])
    habits = Habits(temperature=1e-6)

    said = KIND.simulate(task, Simulated(gold=gold, habits=habits, rng=random.Random(0)))

    assert said is not None
    assert KIND.validate(task, said) == said
    assert [(each["start"], each["end"], each["severity"]) for each in said["errors"]] == found


def test_a_gold_line_names_a_part_by_its_words(project: Project, mona: User) -> None:
    rows = files.parse_golds(KIND.example, project=project).rows
    uploading.store(project=project, rows=rows, by=mona, source="gold.jsonl")

    (stored,) = Gold.objects.get().answer.body["errors"]
    assert (stored["start"], stored["end"], stored["severity"]) == (4, 9, "critical")
    wrong = KIND.example.replace('"quote": "hours"', '"quote": "o"')
    assert "“o” must stand once" in str(
        files.parse_golds(wrong.replace("Six hours.", "So, so."), project=project).errors[0]
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"types": []}, "at least 1 item"),
        ({"types": [{"name": "a", "label": "A"}] * 2}, "same name"),
        ({"types": [{"name": "A b", "label": "A"}]}, "match pattern"),
        (
            {
                "severities": [
                    {"name": "big", "label": "Big", "weight": 5},
                    {"name": "small", "label": "Small", "weight": 1},
                ]
            },
            "from the lightest to the gravest",
        ),
    ],
)
def test_settings_that_fit_no_page_are_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        CritiqueSettings.model_validate(change)


def test_the_template_is_the_scale_of_mqm() -> None:
    settings = CritiqueSettings()
    assert [(row.name, row.weight) for row in settings.severities] == [
        ("minor", 1),
        ("major", 5),
        ("critical", 25),
    ]
    assert [settings.grade(row.name) for row in settings.severities] == [1, 2, 3]
    assert len(settings.types) == 10
