"""Dialogues: what is kept of them, and what they teach."""

from typing import Any

import pytest

from accounts.models import User
from core.errors import BadInputError, ConflictError
from labeling.assigning import claim_next
from labeling.checks import golds
from labeling.checks.files import parse_golds
from labeling.datasets import AnnotationRecord, PromptRecord
from labeling.kinds import kinds
from labeling.models import Annotation, Assignment, Project
from labeling.revising import revise
from labeling.submitting import submit
from tests.factories import make_task
from tests.labeling.talking import answer, ask, talk

pytestmark = pytest.mark.django_db
KIND = kinds()["dialogue"]
STRONG = {"better": "A", "strength": 3, "both_bad": False}
TURNS = [
    {
        "message": "",
        "replies": [
            {"text": "Six minutes.", "finish_reason": "stop"},
            {"text": "An hour.", "finish_reason": "stop"},
        ],
        "first": 0,
        "better": 1,
        "strength": 2,
        "both_bad": False,
    },
    {
        "message": "And a large one?",
        "replies": [
            {"text": "Seven.", "finish_reason": "stop"},
            {"text": "Eight.", "finish_reason": "stop"},
        ],
        "first": 0,
        "better": 0,
        "strength": 3,
        "both_bad": False,
    },
]
BETWEEN = [
    {"role": "assistant", "content": "An hour."},
    {"role": "user", "content": "And a large one?"},
]


@pytest.fixture
def found(project: Project, ada: User) -> Assignment:
    """A dialogue of two turns, the last of which is not chosen in."""
    make_task(project, "dialogue")
    assignment = claim_next(project=project, annotator=ada)
    assert assignment is not None
    talk(assignment)
    return assignment


def give(found: Assignment, body: dict[str, Any]) -> Annotation:
    key = found.client_key
    return submit(assignment=found, body=body, client_key=key, active_seconds=9)


def ended(found: Assignment, **choice: Any) -> Annotation:
    return give(found, {"turns": 2, "choice": {**STRONG, **choice}})


def test_an_answer_holds_the_whole_conversation(found: Assignment) -> None:
    assert ended(found).body == {"turns": TURNS}


def test_what_a_page_says_of_the_texts_is_not_believed(found: Assignment) -> None:
    forged = [{**turn, "replies": [turn["replies"][0]] * 2} for turn in TURNS]

    given = give(found, {"turns": forged})

    assert given.body == {"turns": TURNS}


def test_a_last_message_without_replies_is_left_out(found: Assignment) -> None:
    ask(found, 2, "Why?", **STRONG)

    assert give(found, {"turns": 2, "choice": None}).body == {"turns": TURNS}


@pytest.mark.parametrize(
    ("body", "error", "said"),
    [
        ({"turns": 2, "choice": None}, BadInputError, "last turn is better"),
        ({"turns": 1, "choice": STRONG}, ConflictError, "gone on elsewhere"),
        ({"turns": 2, "choice": {**STRONG, "strength": 4}}, BadInputError, "form of this task"),
        ({"turns": 2, "choice": {**STRONG, "better": None}}, BadInputError, "or that it is a tie"),
        ({"turns": []}, BadInputError, "form of this task"),
        ({}, BadInputError, "form of this task"),
    ],
)
def test_what_does_not_end_it_is_refused(
    found: Assignment, body: dict[str, Any], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        give(found, body)
    assert not Annotation.objects.exists()


def test_nothing_is_ended_before_there_are_replies(project: Project, ada: User) -> None:
    make_task(project, "dialogue")
    found = claim_next(project=project, annotator=ada)
    assert found is not None
    ask(found, 0)

    with pytest.raises(BadInputError, match="no replies yet"):
        give(found, {"turns": 0, "choice": None})


def test_sent_again_it_is_the_same_answer(found: Assignment) -> None:
    assert ended(found) == ended(found)
    with pytest.raises(ConflictError, match="already submitted"):
        ended(found, strength=1)


def test_it_is_corrected_and_may_go_on(found: Assignment, ada: User) -> None:
    first = ended(found)
    again = revise(annotation=first, by=ada)
    assert again.draft == first.body
    answer(ask(again, 2, "Why?", better="B", strength=1), ["So.", "Because."])

    second = give(again, {"turns": 3, "choice": STRONG})

    assert [turn["better"] for turn in second.body["turns"]] == [1, 1, 0]
    assert second.revises == first


def test_each_preference_is_a_ranking_after_the_conversation_up_to_there(
    found: Assignment,
) -> None:
    given = ended(found)

    assert KIND.training_rows(given) == {
        "rankings": [
            {
                "completions": ["Six minutes.", "An hour."],
                "finished": [True, True],
                "tiers": [[1], [0]],
                "human": [],
                "then": [],
            },
            {
                "completions": ["Seven.", "Eight."],
                "finished": [True, True],
                "tiers": [[0], [1]],
                "human": [],
                "then": BETWEEN,
            },
        ]
    }
    taught = KIND.teaching(Annotation.objects.all())["rankings"]
    assert list(taught.values_list("pk", "pairs")) == [(given.pk, 2)]


def test_a_tie_teaches_nothing(project: Project, ada: User) -> None:
    make_task(project, "dialogue")
    found = claim_next(project=project, annotator=ada)
    assert found is not None
    answer(ask(found, 0))
    given = give(found, {"turns": 1, "choice": {"better": None, "strength": 0, "both_bad": True}})

    assert KIND.training_rows(given) == {"rankings": []}
    assert not KIND.teaching(Annotation.objects.all())["rankings"].exists()
    assert KIND.marked(given) == ["both_replies_bad"]
    assert KIND.summary(given) == "1 turn, one reply better in 0"


def test_what_leaves_of_it() -> None:
    prompt = PromptRecord(1, [{"role": "user", "content": "How?"}], "", "train", "en", "")
    turns = [{**TURNS[0], "first": 1}, TURNS[1]]
    answer = ({"turns": turns}, [], 4, 60, prompt, [])
    record = AnnotationRecord(9, "dialogue", 3, 2, *answer, writers=["policy v1", "policy v2"])
    made = {dataset.name: list(rows(record)) for dataset, rows in KIND.exports.items()}

    def said(text: str) -> list[dict[str, str]]:
        return [{"role": "assistant", "content": text}]

    def written_by(model: str) -> dict[str, str]:
        of = {"origin": "model", "model": model}
        return {f"{side}_{name}": of[name] for side in ("chosen", "rejected") for name in of}

    def reply(text: str, shown_at: int, model: str) -> dict[str, Any]:
        return {"text": text, "shown_at": shown_at, "finish_reason": "stop", "model": model}

    assert made["preferences"] == [
        {
            "chosen": said("An hour."),
            "rejected": said("Six minutes."),
            "group_id": "dialogue-9-1",
            "chosen_tier": 1,
            "rejected_tier": 3,
            "margin": 2 / 3,
            **written_by("policy v1"),
            "then": [],
        },
        {
            "chosen": said("Seven."),
            "rejected": said("Eight."),
            "group_id": "dialogue-9-2",
            "chosen_tier": 1,
            "rejected_tier": 4,
            "margin": 1.0,
            **written_by("policy v2"),
            "then": BETWEEN,
        },
    ]
    desirable = [
        (row["completion"], row["label"], row["model"], row["group_id"], row["then"])
        for row in made["unpaired"]
    ]
    assert desirable == [
        (said("Six minutes."), False, "policy v1", "dialogue-9-1", []),
        (said("An hour."), True, "policy v1", "dialogue-9-1", []),
        (said("Seven."), True, "policy v2", "dialogue-9-2", BETWEEN),
        (said("Eight."), False, "policy v2", "dialogue-9-2", BETWEEN),
    ]
    assert made["dialogues"] == [
        {
            "messages": [*BETWEEN, *said("Seven.")],
            "turns": [
                {
                    "message": "",
                    "replies": [
                        reply("Six minutes.", 2, "policy v1"),
                        reply("An hour.", 1, "policy v1"),
                    ],
                    "preference": 2,
                    "both_bad": False,
                    "kept": 2,
                },
                {
                    "message": "And a large one?",
                    "replies": [reply("Seven.", 1, "policy v2"), reply("Eight.", 2, "policy v2")],
                    "preference": -3,
                    "both_bad": False,
                    "kept": 1,
                },
            ],
        }
    ]


def test_how_it_reads(found: Assignment) -> None:
    given = ended(found)

    assert KIND.summary(given) == "2 turns, one reply better in 2"
    assert KIND.marked(given) == []
    assert KIND.shown(given) == [
        ("1 A", "Six minutes."),
        ("1 B", "An hour."),
        ("2 A", "Seven."),
        ("2 B", "Eight."),
    ]
    html = KIND.answered(given)
    assert "B is better" in html
    assert "A is much better" in html
    assert "And a large one?" in html


def test_two_people_have_no_agreement_in_it(found: Assignment) -> None:
    given = ended(found)
    assert KIND.compare(given, given) == {}
    assert KIND.agreement == ()


def test_nobody_is_checked_by_it(found: Assignment, project: Project, mona: User) -> None:
    given = ended(found)

    assert not golds.may_mark(given)
    with pytest.raises(ConflictError, match="same replies"):
        golds.mark(annotation=given, by=mona)
    line = '{"kind": "dialogue", "prompt": "Hi", "answer": {"turns": 1}}'
    walked = parse_golds(line, project=project)
    assert "must be one of" in walked.errors[0].message
