"""What each kind gives to the exports."""

from typing import Any

import pytest

from labeling.datasets import (
    HUMAN,
    MODEL,
    AnnotationRecord,
    CompletionRecord,
    Judged,
    PromptRecord,
    strict_pairs,
)
from labeling.kinds import kinds
from labeling.kinds.correction.changes import changes
from labeling.unpaired import best_and_last, unpaired

PROMPT = PromptRecord(1, [{"role": "user", "content": "How?"}], "", "train", "en", "")
COMPLETIONS = [
    CompletionRecord(5, "w", "stop", "policy v1"),
    CompletionRecord(6, "x", "stop", "", HUMAN),
    CompletionRecord(7, "y", "stop", "policy v1"),
]


def record(
    kind: str, body: dict[str, Any], completions: list[CompletionRecord]
) -> AnnotationRecord:
    return AnnotationRecord(9, kind, 3, 2, body, [7, 6, 5], 4, 60, PROMPT, completions)


def rows(annotation: AnnotationRecord) -> dict[str, list[dict[str, Any]]]:
    exports = kinds()[annotation.kind].exports
    return {dataset.name: list(make(annotation)) for dataset, make in exports.items()}


def said(text: str) -> list[dict[str, str]]:
    return [{"role": "assistant", "content": text}]


def pair(
    kind: str, chosen: str, rejected: str, tiers: tuple[int, int], human: str
) -> dict[str, Any]:
    """human: of the texts, the one that a person wrote."""
    return {
        "chosen_origin": HUMAN if chosen == human else MODEL,
        "rejected_origin": HUMAN if rejected == human else MODEL,
        "chosen": said(chosen),
        "rejected": said(rejected),
        "group_id": f"{kind}-9",
        "chosen_tier": tiers[0],
        "rejected_tier": tiers[1],
        "margin": (tiers[1] - tiers[0]) / 3,
        "chosen_model": "" if chosen == human else "policy v1",
        "rejected_model": "" if rejected == human else "policy v1",
    }


def desirable(kind: str, text: str, *, label: bool, human: bool) -> dict[str, Any]:
    return {
        "completion": said(text),
        "label": label,
        "group_id": f"{kind}-9",
        "origin": HUMAN if human else MODEL,
        "model": "" if human else "policy v1",
    }


def test_a_ranking_gives_its_strict_pairs_and_itself() -> None:
    body = {"tiers": [[6], [5]], "unacceptable": [7]}

    def part(pk: int, text: str, tier: int, shown_at: int, *, acceptable: bool) -> dict[str, Any]:
        return {
            "id": pk,
            "text": text,
            "tier": tier,
            "acceptable": acceptable,
            "shown_at": shown_at,
            "finish_reason": "stop",
            "model": "" if text == "x" else "policy v1",
            "origin": HUMAN if text == "x" else MODEL,
        }

    assert rows(record("ranking", body, COMPLETIONS)) == {
        "preferences": [
            pair("ranking", "x", "w", (1, 2), "x"),
            pair("ranking", "x", "y", (1, 3), "x"),
            pair("ranking", "w", "y", (2, 3), "x"),
        ],
        "unpaired": [
            desirable("ranking", "x", label=True, human=True),
            desirable("ranking", "y", label=False, human=False),
        ],
        "rankings": [
            {
                "completions": [
                    part(5, "w", 2, 3, acceptable=True),
                    part(6, "x", 1, 2, acceptable=True),
                    part(7, "y", 3, 1, acceptable=False),
                ],
                "tiers": [[6], [5], [7]],
                "edited_from": 0,
            }
        ],
        "demonstrations": [],
    }


def test_a_demonstration_gives_its_text() -> None:
    assert rows(record("demonstration", {"text": "Six minutes."}, [])) == {
        "demonstrations": [{"completion": said("Six minutes."), "model": ""}]
    }


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("better", [pair("correction", "better", "w", (1, 2), "better")]),
        ("w", []),
        (" w\n", [pair("correction", " w\n", "w", (1, 2), " w\n")]),
    ],
)
def test_a_correction_is_a_preference_where_it_changed_something(
    text: str, pairs: list[dict[str, Any]]
) -> None:
    given = record("correction", {"completion": 5, "text": text}, COMPLETIONS[:1])

    found = rows(given)
    changed = text != "w"
    assert found["demonstrations"] == [
        {"completion": said(text), "model": "" if changed else "policy v1"}
    ]
    assert found["preferences"] == pairs
    original = desirable("correction", "w", label=not changed, human=False)
    edited = desirable("correction", text, label=True, human=True)
    assert found["unpaired"] == ([edited, original] if changed else [original])
    assert found["corrections"] == [
        {
            "completion_id": 5,
            "completion": "w",
            "finish_reason": "stop",
            "model": "policy v1",
            "origin": MODEL,
            "text": text,
            "is_changed": changed,
            "changes": changes("w", text),
        }
    ]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (
            "Boil it for ever.",
            "Boil it for six minutes.",
            "Boil it for |-ever|+six minutes|.",
        ),
        ("煮三天。", "煮三分钟。", "煮三|-天|+分钟|。"),
        ("a  b", "a b", "-a  |+a |b"),
        ("", "x", "+x"),
        ("x", "x", "x"),
        ("", "", ""),
    ],
)
def test_changes_lead_from_one_text_to_the_other(before: str, after: str, expected: str) -> None:
    found = changes(before, after)

    sign = {"kept": "", "removed": "-", "added": "+"}
    assert "|".join(sign[piece["change"]] + piece["text"] for piece in found) == expected


def test_where_all_are_unacceptable_none_is_desirable() -> None:
    body = {"tiers": [], "unacceptable": [5, 6]}

    found = rows(record("ranking", body, COMPLETIONS[:2]))["unpaired"]

    assert [row["label"] for row in found] == [False, False]


def test_texts_between_the_tiers_and_ties_are_neither() -> None:
    assert best_and_last(judged((1, "a"), (1, "b"))) == []
    texts = judged((1, "a"), (2, "b"), (3, "c"), (3, "d"))
    assert best_and_last(texts) == [(texts[0], True), (texts[2], False), (texts[3], False)]


def test_a_text_that_is_both_is_left_out() -> None:
    """Earlier versions took rankings that put the same text into two tiers."""
    said = best_and_last(judged((1, "a"), (2, "a"), (2, "b"), (1, "c")))
    found = unpaired(record("ranking", {}, []), said)
    assert [(row["completion"][0]["content"], row["label"]) for row in found] == [
        ("b", False),
        ("c", True),
    ]


def test_ties_are_pairs_each_way_where_they_are_asked_for() -> None:
    annotation = record("ranking", {}, [])._replace(with_ties=True)
    found = [
        (row["chosen"][0]["content"], row["rejected"][0]["content"], row["margin"])
        for row in strict_pairs(annotation, judged((2, "a"), (1, "b"), (2, "c"), (6, "d")))
    ]
    assert found == [
        ("b", "a", 1 / 3),
        ("b", "c", 1 / 3),
        ("b", "d", 1.0),
        ("a", "c", 0.0),
        ("c", "a", 0.0),
        ("a", "d", 1.0),
        ("c", "d", 1.0),
    ]


def judged(*texts: tuple[int, str]) -> list[Judged]:
    return [Judged(tier, text, MODEL) for tier, text in texts]


def test_ties_are_no_pairs() -> None:
    annotation = record("ranking", {}, [])
    found = [
        (row["chosen"][0]["content"], row["rejected"][0]["content"])
        for row in strict_pairs(annotation, judged((2, "a"), (1, "b"), (2, "c"), (1, "d")))
    ]
    assert found == [("b", "a"), ("b", "c"), ("d", "a"), ("d", "c")]


def test_no_text_is_exported_as_better_than_itself() -> None:
    """Earlier versions took rankings that put the same text into two tiers."""
    texts = judged((1, "a"), (2, "b"), (3, "a"), (4, "a "))
    found = strict_pairs(record("ranking", {}, []), texts)
    assert [(row["chosen"][0]["content"], row["rejected"][0]["content"]) for row in found] == [
        ("a", "b"),
        ("a", "a "),
        ("b", "a"),
        ("b", "a "),
        ("a", "a "),
    ]
