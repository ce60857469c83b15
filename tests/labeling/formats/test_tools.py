"""Files of other labeling tools, as they export them: what comes in of a row."""

import pytest

from core.errors import BadInputError
from labeling.formats import FORMATS, Entry, Label, Text, detected
from tests.labeling.formats.rows_of_tools import (
    ABOUT_STUDIO,
    ARGILLA,
    EGG,
    FEEDBACK_DATASET,
    FLAT,
    HOUR,
    LABEL_STUDIO,
    PAIR,
    RANKER,
    REACTION,
    SIX,
    TREE,
    VOTE,
    Row,
    chat,
)

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
        "argilla",
        FLAT,
        [
            Entry(
                prompt={"prompt": "Egg?", "metadata": {"level": 3}},
                labels=(Label(texts=PAIR, who="u1"),),
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
        "comparia",
        REACTION,
        [
            Entry(
                prompt={
                    "messages": [{"role": "system", "content": "Be brief."}, EGG],
                    "metadata": {"timestamp": "2025-01-01", "conv_turns": 2},
                },
                labels=(
                    Label(
                        texts=(Text(text="Six.", model="small"),),
                        who="v1",
                        about={"useful": True},
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
    (
        "doccano",
        {"id": "1", "text": "Egg?", "label": "Six.", "Comments": "Soft?#Hard?"},
        [
            Entry(
                prompt={"prompt": "Egg?", "metadata": {"id": "1", "Comments": "Soft?#Hard?"}},
                labels=(Label(written="Six."),),
            )
        ],
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


def test_a_reaction_that_says_neither_is_no_label() -> None:
    (entry,) = FORMATS["comparia"].read(REACTION | {"liked": None})

    assert (entry.labels, len(entry.prompt["messages"])) == ((), 2)


def test_items_in_several_buckets_are_no_order() -> None:
    value = {"ranker": {"good": ["a"], "bad": ["b"]}}
    result = {"type": "ranker", "from_name": "rank", "value": value}
    row = RANKER | {"annotations": [{"result": [result]}]}

    assert FORMATS["label_studio"].read(row)[0].labels == ()


def test_a_chat_that_goes_round_is_read_once() -> None:
    row = chat(siblings=False)
    row["snapshot"]["chat"]["chat"]["history"]["messages"]["1"]["parentId"] = "2"

    (entry,) = FORMATS["open_webui"].read(row)

    assert [message["content"] for message in entry.prompt["messages"]] == ["Egg?", "Six.", "Egg?"]


@pytest.mark.parametrize(
    ("name", "row", "what"),
    [
        ("label_studio", {"data": {"image": "a.png"}, "annotations": []}, "none of prompt"),
        ("label_studio", {"data": {}}, "it needs"),
        ("argilla", {"fields": {"image": "a"}, "responses": {}}, "none of prompt"),
        ("argilla", {"fields": []}, "must be an object"),
        ("oasst", {"prompt": {"role": "bot", "text": "a"}}, "prompter or assistant"),
        ("comparia", {"conversation_a": []}, "it needs"),
        ("comparia", REACTION | {"msg_index": 1}, "not in its chat"),
        ("comparia", REACTION | {"model_pos": None}, "must be a or b"),
        ("open_webui", {**chat(siblings=True), "snapshot": None}, "is not in the file"),
        ("open_webui", {**chat(siblings=True), "meta": {"message_id": "9"}}, "not in its chat"),
        ("doccano", {"text": ""}, "it needs"),
        ("doccano", {"text": "Egg?", "label": "Six.#Seven."}, "export JSONL from doccano"),
    ],
)
def test_what_is_wrong_is_said(name: str, row: Row, what: str) -> None:
    with pytest.raises(BadInputError, match=what):
        FORMATS[name].read(row)
