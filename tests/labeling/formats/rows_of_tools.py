"""Rows of files, as other labeling tools export them."""

from typing import Any

from labeling.formats import Text

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

REACTION: Row = {
    "timestamp": "2025-01-01",
    "model_a_name": "big",
    "model_b_name": "small",
    "refers_to_model": "small",
    "msg_index": 2,
    "msg_rank": 0,
    "opening_msg": "Egg?",
    "conversation_a": [EGG, HOUR],
    "conversation_b": [{"role": "system", "content": "Be brief."}, EGG, SIX, EGG, HOUR],
    "model_pos": "b",
    "conv_turns": 2,
    "system_prompt": "Be brief.",
    "response_content": "Six.",
    "question_content": "Egg?",
    "visitor_id": "v1",
    "liked": True,
    "disliked": False,
    "comment": "Right.",
    "useful": True,
    "complete": None,
}
FLAT: Row = {
    "id": "r1",
    "status": "completed",
    "_server_id": "s",
    **ARGILLA_FIELDS,
    "level": 3,
    "order.responses": [["reply-1", "reply-2"], ["reply-2", "reply-1"]],
    "order.responses.users": ["u1", "u2"],
    "order.responses.status": ["submitted", "discarded"],
    "order.suggestion": None,
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


def exported(**more: object) -> Row:
    """A row of an export of Rondo's."""
    around = {"language": "en", "split": "train", "use_case": "", "metadata": '{"topic": "x"}'}
    by = {"annotator": "0123abcd", "concerns": "unsafe", "comment": "Hm.", "kind": "ranking"}
    return {"annotation_id": 9, "prompt_id": 7, "prompt": [EGG], **around, **by, **more}


OF_TEXT: Row = {"finish_reason": "stop", "shown_at": 1, "origin": "model", "model": "base"}
COMPLETIONS: list[Row] = [
    {**OF_TEXT, "id": number, "text": text} for number, text in ((1, "Six."), (2, "An hour."))
]
PLACES: list[Row] = [{"tier": 1, "acceptable": True}, {"tier": 2, "acceptable": False}]
ONE: Row = {**OF_TEXT, "completion_id": 1, "completion": "Six."}
RONDO: list[Row] = [
    exported(completion=[SIX], kind="demonstration"),
    exported(
        chosen=[SIX], rejected=[HOUR], chosen_tier=1, rejected_tier=2, group_id="ranking-9"
    ),
    exported(completion=[SIX], label=True, group_id="ranking-9", kind="ranking"),
    exported(
        completions=[{**a, **b} for a, b in zip(COMPLETIONS, PLACES, strict=True)],
        tiers=[[1], [2]],
        edited_from=0,
    ),
    exported(completions=COMPLETIONS, preference=-2, both_bad=False, kind="comparison"),
    exported(**ONE, text="Six!", is_changed=True, changes=[{"change": "added", "text": "!"}]),
    exported(completions=["a", "b"], labels=[True, False], is_rewritten=False),
]  # fmt: skip
