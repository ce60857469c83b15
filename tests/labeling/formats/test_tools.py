"""Files of other labeling tools, as they export them: what comes in of a row."""

from typing import Any

import pytest

from core.errors import BadInputError
from labeling.formats import FORMATS, Entry, Label, Text, detected

Row = dict[str, Any]
EGG = {"role": "user", "content": "Egg?"}
PAIR = (Text(text="Six."), Text(text="An hour.", tier=2))

LABEL_STUDIO: Row = {
    "id": 7,
    "data": {"prompt": "Egg?", "answer1": "An hour.", "answer2": "Six.", "topic": "kitchen"},
    "annotations": [
        {
            "id": 11,
            "completed_by": {"id": 3, "email": "ada@example.org"},
            "was_cancelled": False,
            "lead_time": 4.2,
            "result": [
                {
                    "from_name": "pw",
                    "to_name": "a,b",
                    "type": "pairwise",
                    "value": {"selected": "right"},
                },
                {
                    "from_name": "own",
                    "to_name": "a",
                    "type": "textarea",
                    "value": {"text": ["Six minutes."]},
                },
                {
                    "from_name": "stars",
                    "to_name": "a",
                    "type": "rating",
                    "value": {"rating": 4},
                },
            ],
        },
        {"id": 12, "completed_by": 4, "was_cancelled": True, "result": []},
    ],
    "predictions": [],
}
ABOUT_STUDIO = {"lead_time": 4.2, "stars": {"rating": 4}}
RANKER: Row = {
    "data": {
        "prompt": "Egg?",
        "answers": [{"id": "a", "title": "1", "body": "Six."}, {"id": "b", "body": "An hour."}],
    },
    "annotations": [
        {"completed_by": 3, "result": [{"type": "ranker", "value": {"ranker": {"rank": ids}}}]}
        for ids in (["a", "b"], ["b", "a"])
    ],
}
ARGILLA_FIELDS = {"prompt": "Egg?", "reply-1": "Six.", "reply-2": "An hour."}
ARGILLA: Row = {
    "id": "r1",
    "fields": ARGILLA_FIELDS,
    "metadata": {"topic": "kitchen"},
    "suggestions": {},
    "responses": {
        "order": [
            {"value": ["reply-1", "reply-2"], "user_id": "u1"},
            {"value": ["reply-2", "reply-1"], "user_id": "u2"},
        ],
        "is_safe": [{"value": "yes", "user_id": "u1"}],
        "better": [{"value": "Boil it for six minutes.", "user_id": "u1"}],
    },
    "vectors": {},
    "_server_id": "s",
}
FEEDBACK_DATASET: Row = {
    "fields": ARGILLA_FIELDS,
    "responses": [
        {
            "user_id": "u1",
            "status": "submitted",
            "values": {"order": {"value": [
                {"value": "reply-1", "rank": 1}, {"value": "reply-2", "rank": 1}
            ]}},
        },
        {
            "user_id": "u2",
            "status": "submitted",
            "values": {"rating_1": {"value": 5}, "rating_2": {"value": 2}},
        },
        {"user_id": "u3", "status": "discarded", "values": {"rating_1": {"value": 1}}},
    ],
}  # fmt: skip
TREE: Row = {
    "message_tree_id": "t1",
    "tree_state": "ready_for_export",
    "prompt": {
        "message_id": "t1",
        "text": "Egg?",
        "role": "prompter",
        "lang": "en",
        "replies": [
            {"text": "An hour.", "role": "assistant", "rank": 1, "replies": []},
            {
                "text": "Six.",
                "role": "assistant",
                "rank": 0,
                "replies": [
                    {
                        "text": "Hard?",
                        "role": "prompter",
                        "replies": [{"text": "Nine.", "role": "assistant", "rank": None}],
                    }
                ],
            },
            {"text": "spam", "role": "assistant", "rank": 2, "deleted": True, "replies": []},
        ],
    },
}
SIX, HOUR = {"role": "assistant", "content": "Six."}, {"role": "assistant", "content": "An hour."}
VOTE: Row = {
    "timestamp": "2025-01-01",
    "model_a_name": "big",
    "model_b_name": "small",
    "chosen_model_name": "small",
    "both_equal": False,
    "opening_msg": "Egg?",
    "conversation_a": [EGG, HOUR],
    "conversation_b": [EGG, SIX],
    "conv_useful_b": True,
    "conv_comments_b": "Right.",
    "visitor_id": "v1",
}


def chat(*, siblings: bool) -> Row:
    messages: dict[str, Row] = {
        "1": {"id": "1", "parentId": None, "childrenIds": ["2", "3"], **EGG},
        "2": {"id": "2", "parentId": "1", "childrenIds": [], "model": "big", **SIX},
        "3": {"id": "3", "parentId": "1", "childrenIds": [], "model": "small", **HOUR},
    }
    return {
        "id": "f1",
        "user_id": "u1",
        "version": 0,
        "type": "rating",
        "data": {
            "rating": 1 if siblings else -1,
            "model_id": "big",
            "sibling_model_ids": ["small"] if siblings else None,
            "reason": "accurate_information",
            "comment": "Good.",
            "tags": [],
        },
        "meta": {"message_id": "2", "chat_id": "c", "arena": siblings},
        "snapshot": {"chat": {"id": "c", "chat": {"history": {"messages": messages}}}},
    }


REASON = {"reason": "accurate_information"}
ROWS: list[tuple[str, Row, list[Entry]]] = [
    (
        "label_studio",
        LABEL_STUDIO,
        [
            Entry(
                prompt={"prompt": "Egg?", "metadata": {"topic": "kitchen", "id": 7}},
                labels=(
                    Label(texts=PAIR, who="3", about=ABOUT_STUDIO),
                    Label(written="Six minutes.", who="3", about=ABOUT_STUDIO),
                ),
            )
        ],
    ),
    (
        "label_studio",
        RANKER,
        [
            Entry(
                prompt={"prompt": "Egg?", "metadata": {}},
                labels=(
                    Label(texts=PAIR, who="3"),
                    Label(texts=(Text(text="An hour."), Text(text="Six.", tier=2)), who="3"),
                ),
            )
        ],
    ),
    (
        "argilla",
        ARGILLA,
        [
            Entry(
                prompt={"prompt": "Egg?", "metadata": {"topic": "kitchen"}},
                labels=(
                    Label(texts=PAIR, who="u1", about={"is_safe": "yes"}),
                    Label(written="Boil it for six minutes.", who="u1", about={"is_safe": "yes"}),
                    Label(texts=(Text(text="An hour."), Text(text="Six.", tier=2)), who="u2"),
                ),
            )
        ],
    ),
    (
        "argilla",
        FEEDBACK_DATASET,
        [
            Entry(
                prompt={"prompt": "Egg?", "metadata": {}},
                labels=(
                    Label(texts=(Text(text="Six."), Text(text="An hour.")), who="u1"),
                    Label(texts=PAIR, who="u2", about={"rating_1": 5, "rating_2": 2}),
                ),
            )
        ],
    ),
    (
        "oasst",
        TREE,
        [
            Entry(
                prompt={"language": "en", "group": "t1", "messages": [EGG]},
                labels=(Label(written="Six."), Label(texts=PAIR)),
            ),
            Entry(
                prompt={
                    "language": "en",
                    "group": "t1",
                    "messages": [EGG, SIX, {"role": "user", "content": "Hard?"}],
                },
                labels=(Label(written="Nine."),),
            ),
        ],
    ),
    (
        "comparia",
        VOTE,
        [
            Entry(
                prompt={"messages": [EGG], "metadata": {"timestamp": "2025-01-01"}},
                labels=(
                    Label(
                        texts=(
                            Text(text="An hour.", tier=2, model="big"),
                            Text(text="Six.", model="small"),
                        ),
                        who="v1",
                        about={"conv_useful_b": True},
                        comment="Right.",
                    ),
                ),
            )
        ],
    ),
    (
        "open_webui",
        chat(siblings=True),
        [
            Entry(
                prompt={"messages": [EGG], "metadata": {"model": "big"}},
                labels=(
                    Label(
                        texts=(
                            Text(text="Six.", model="big"),
                            Text(text="An hour.", tier=2, model="small"),
                        ),
                        who="u1",
                        about=REASON,
                        comment="Good.",
                    ),
                ),
            )
        ],
    ),
    (
        "open_webui",
        chat(siblings=False),
        [
            Entry(
                prompt={"messages": [EGG], "metadata": {"model": "big"}},
                labels=(
                    Label(
                        texts=(Text(text="Six.", acceptable=False, model="big"),),
                        who="u1",
                        about=REASON,
                        comment="Good.",
                    ),
                ),
            )
        ],
    ),
    (
        "doccano",
        {"id": 1, "text": "Egg?", "label": ["Six.", "Seven."], "Comments": []},
        [
            Entry(
                prompt={"prompt": "Egg?", "metadata": {"id": 1, "Comments": []}},
                labels=(Label(written="Six."), Label(written="Seven.")),
            )
        ],
    ),
    (
        "doccano",
        {"id": 1, "text": "Egg?", "label": [[0, 3, "FOOD"]]},
        [Entry(prompt={"prompt": "Egg?", "metadata": {"id": 1, "label": [[0, 3, "FOOD"]]}})],
    ),
]


@pytest.mark.parametrize(("name", "row", "entries"), ROWS)
def test_a_row_as_its_tool_writes_it(name: str, row: Row, entries: list[Entry]) -> None:
    assert detected([row]).name == name
    assert FORMATS[name].read(row) == entries


def test_votes_on_longer_talks_bring_their_opening_alone() -> None:
    more = {"role": "user", "content": "Hard?"}
    row = VOTE | {"conversation_a": [EGG, HOUR, more, SIX], "conversation_b": [EGG, SIX, more, SIX]}

    (entry,) = FORMATS["comparia"].read(row)

    assert (entry.prompt["messages"], entry.labels) == ([EGG], ())


def test_both_equal_is_a_tie_and_no_vote_is_no_label() -> None:
    tie, none = (
        {**VOTE, "both_equal": equal, "chosen_model_name": None} for equal in (True, False)
    )

    (tied,), (unsaid,) = (FORMATS["comparia"].read(row) for row in (tie, none))

    assert [text.tier for text in tied.labels[0].texts] == [1, 1]
    assert unsaid.labels == ()


def test_items_in_several_buckets_are_no_order() -> None:
    value = {"ranker": {"good": ["a"], "bad": ["b"]}}
    result = {"type": "ranker", "from_name": "rank", "value": value}
    row = RANKER | {"annotations": [{"result": [result]}]}

    assert FORMATS["label_studio"].read(row)[0].labels == ()


@pytest.mark.parametrize(
    ("name", "row", "what"),
    [
        ("label_studio", {"data": {"image": "a.png"}, "annotations": []}, "none of prompt"),
        ("label_studio", {"data": {}}, "it needs"),
        ("argilla", {"fields": {"image": "a"}, "responses": {}}, "none of prompt"),
        ("argilla", {"fields": []}, "must be an object"),
        ("oasst", {"prompt": {"role": "bot", "text": "a"}}, "prompter or assistant"),
        ("comparia", {"conversation_a": []}, "it needs"),
        ("open_webui", {**chat(siblings=True), "snapshot": None}, "is not in the file"),
        ("open_webui", {**chat(siblings=True), "meta": {"message_id": "9"}}, "not in its chat"),
        ("doccano", {"text": ""}, "it needs"),
    ],
)
def test_what_is_wrong_is_said(name: str, row: Row, what: str) -> None:
    with pytest.raises(BadInputError, match=what):
        FORMATS[name].read(row)
