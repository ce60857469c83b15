"""Each format of labeled data: a row as its tool writes it, and what comes in of it."""

from typing import Any

import pytest

from core.errors import BadInputError
from labeling.formats import FORMATS, Entry, Label, Text, detected
from labeling.formats.base import by_score

EGG = {"role": "user", "content": "How long do I boil an egg?"}
SIX = {"role": "assistant", "content": "Six minutes."}
HOUR = {"role": "assistant", "content": "An hour."}
PAIR = (Text(text="Six minutes."), Text(text="An hour.", tier=2))
GOOD = Text(text="Six minutes.")
BAD = Text(text="Six minutes.", acceptable=False)
BEFORE = "\n\nHuman: Hi\n\nAssistant: Hello!\n\nHuman: Egg?\n\nAssistant: "
Row = dict[str, Any]

# Format, row, the prompt, its label.
ROWS: list[tuple[str, Row, Row, Label]] = [
    (
        "trl",
        {"prompt": "Egg?", "completion": "Six minutes.", "topic": "kitchen"},
        {"prompt": "Egg?", "metadata": {"topic": "kitchen"}},
        Label(written="Six minutes."),
    ),
    (
        "trl",
        {"prompt": [EGG], "completion": [SIX]},
        {"messages": [EGG]},
        Label(written=SIX["content"]),
    ),
    (
        "trl",
        {"prompt": "Egg?", "chosen": "Six minutes.", "rejected": "An hour."},
        {"prompt": "Egg?"},
        Label(texts=PAIR),
    ),
    (
        "trl",
        {"chosen": [EGG, SIX], "rejected": [EGG, HOUR]},
        {"messages": [EGG]},
        Label(texts=PAIR),
    ),
    (  # HuggingFaceH4/ultrafeedback_binarized
        "trl",
        {
            "prompt": EGG["content"],
            "prompt_id": "41f4",
            "chosen": [EGG, SIX],
            "rejected": [EGG, HOUR],
            "messages": [EGG, SIX],
            "score_chosen": 8.5,
            "score_rejected": 7.0,
        },
        {"messages": [EGG], "metadata": {"prompt_id": "41f4"}},
        Label(texts=PAIR, about={"score_chosen": 8.5, "score_rejected": 7.0}),
    ),
    (
        "trl",
        {"prompt": "Egg?", "completion": "Six minutes.", "label": False},
        {"prompt": "Egg?"},
        Label(texts=(BAD,)),
    ),
    (
        "trl",
        {"prompt": "9.11?", "completions": ["Compare.", "So more."], "labels": [True, False]},
        {"prompt": "9.11?"},
        Label(
            texts=(Text(text="Compare.\n\nSo more.", key="steps"),),
            dataset="steps",
            rows=(
                {
                    "completions": ["Compare.", "So more."],
                    "labels": [True, False],
                    "is_rewritten": False,
                    "model": "",
                },
            ),
        ),
    ),
    (
        "hh",
        {
            "chosen": f"{BEFORE}Six minutes.",
            "rejected": f"{BEFORE}An hour.",
        },
        {
            "messages": [
                {"role": "user", "content": "Hi"},
                {"role": "assistant", "content": "Hello!"},
                {"role": "user", "content": "Egg?"},
            ]
        },
        Label(texts=PAIR),
    ),
    (
        "openai",
        {
            "input": {"messages": [EGG], "tools": [], "parallel_tool_calls": True},
            "preferred_output": [SIX],
            "non_preferred_output": [HOUR],
        },
        {"messages": [EGG], "tools": []},
        Label(texts=PAIR),
    ),
    (
        "alpaca",
        {"instruction": "Boil this.", "input": "An egg", "output": "Six minutes.", "text": "…"},
        {"messages": [{"role": "user", "content": "Boil this.\nAn egg"}]},
        Label(written="Six minutes."),
    ),
    (
        "alpaca",
        {
            "instruction": "Egg?",
            "input": "",
            "chosen": "Six minutes.",
            "rejected": "An hour.",
            "system": "Be brief.",
            "history": [["Hi", "Hello!"]],
        },
        {
            "messages": [
                {"role": "system", "content": "Be brief."},
                {"role": "user", "content": "Hi"},
                {"role": "assistant", "content": "Hello!"},
                {"role": "user", "content": "Egg?"},
            ]
        },
        Label(texts=PAIR),
    ),
    (
        "chat",
        {
            "id": "a_0",
            "conversations": [
                {"from": "human", "value": EGG["content"]},
                {"from": "gpt", "value": "Six minutes."},
            ],
            "system": "Be brief.",
        },
        {
            "messages": [{"role": "system", "content": "Be brief."}, EGG],
            "metadata": {"id": "a_0"},
        },
        Label(written="Six minutes."),
    ),
    ("chat", {"messages": [EGG, SIX]}, {"messages": [EGG]}, Label(written="Six minutes.")),
    (
        "chat",
        {
            "conversations": [{"from": "human", "value": EGG["content"]}],
            "chosen": {"from": "gpt", "value": "Six minutes."},
            "rejected": {"from": "gpt", "value": "An hour."},
        },
        {"messages": [EGG]},
        Label(texts=PAIR),
    ),
    ("chat", {"messages": [EGG, SIX], "kto_tag": True}, {"messages": [EGG]}, Label(texts=(GOOD,))),
    (
        "ultrafeedback",
        {
            "source": "sharegpt",
            "instruction": "Egg?",
            "models": ["alpaca-7b", "gpt-4"],
            "completions": [
                {
                    "model": "alpaca-7b",
                    "response": "An hour.",
                    "annotations": {"helpfulness": {"Rating": "1", "Rationale": "Wrong."}},
                    "overall_score": 2.0,
                    "fine-grained_score": 1.5,
                },
                {
                    "model": "gpt-4",
                    "response": "Six minutes.",
                    "annotations": {"helpfulness": {"Rating": "5", "Rationale": "Right."}},
                    "overall_score": 9.0,
                    "fine-grained_score": 5.0,
                },
            ],
        },
        {"prompt": "Egg?", "source": "sharegpt"},
        Label(
            texts=(
                Text(text="Six minutes.", model="gpt-4"),
                Text(text="An hour.", tier=2, model="alpaca-7b"),
            ),
            about={
                "completions": [
                    {
                        "model": "alpaca-7b",
                        "overall_score": 2.0,
                        "fine-grained_score": 1.5,
                        "helpfulness": "1",
                    },
                    {
                        "model": "gpt-4",
                        "overall_score": 9.0,
                        "fine-grained_score": 5.0,
                        "helpfulness": "5",
                    },
                ]
            },
        ),
    ),
    (
        "nemo",
        {
            "context": [EGG],
            "completions": [
                {"rank": 1, "completion": [HOUR]},
                {"rank": 0, "completion": [SIX]},
            ],
        },
        {"messages": [EGG]},
        Label(texts=PAIR),
    ),
]


@pytest.mark.parametrize(("name", "row", "prompt", "label"), ROWS)
def test_a_row_as_its_tool_writes_it(name: str, row: Row, prompt: Row, label: Label) -> None:
    assert detected([row]).name == name
    assert FORMATS[name].read(row) == [Entry(prompt=prompt, labels=(label,))]


@pytest.mark.parametrize(
    ("rows", "name"),
    [
        ([{"prompt": "Egg?"}], "prompts"),
        ([{"messages": [EGG]}], "prompts"),
        ([{"topic": "kitchen"}], "prompts"),
        ([{"text": "Egg? Six."}], "trl"),
        ([], "prompts"),
        ([7, {"instruction": "Egg?", "output": "Six minutes."}], "alpaca"),
        ([{"prompt": "Egg?"}, *[{"prompt": "Egg?", "completion": "Six"}] * 3], "trl"),
    ],
)
def test_the_format_is_what_fits_the_most_rows(rows: list[object], name: str) -> None:
    assert detected(rows).name == name


@pytest.mark.parametrize(
    ("name", "row", "what"),
    [
        ("trl", {"prompt": "Egg?", "chosen": "Six.", "rejected": "Six."}, "the same"),
        ("trl", {"prompt": "Egg?", "chosen": "Six.", "rejected": " "}, "is empty"),
        ("trl", {"prompt": "Egg?", "completion": "Six.", "label": "yes"}, "true or false"),
        ("trl", {"chosen": "Six.", "rejected": "Seven."}, "there is no “prompt”"),
        ("trl", {"chosen": [EGG, SIX], "rejected": [SIX]}, "same prompt"),
        ("trl", {"prompt": "Egg?"}, "it needs"),
        ("trl", {"text": "Egg? Six."}, "does not say where the answer begins"),
        ("trl", {"prompt": "a", "completions": "b", "labels": [True]}, "a list of texts"),
        ("trl", {"prompt": "a", "completions": ["b"], "labels": [1]}, "list of true and false"),
        ("trl", {"prompt": "a", "completions": ["b"], "labels": []}, "a label for each step"),
        ("hh", {"chosen": "\n\nHuman: a\n\nAssistant: b", "rejected": "c"}, "not a transcript"),
        (
            "hh",
            {"chosen": "Human: a\n\nAssistant: b", "rejected": "Human: c\n\nAssistant: d"},
            "differ before",
        ),
        ("hh", {"chosen": "\n\nHuman: a", "rejected": "\n\nHuman: a"}, "does not end"),
        ("openai", {"input": {"messages": [EGG]}, "preferred_output": [SIX]}, "it needs"),
        ("alpaca", {"instruction": "Egg?", "output": " "}, "“output” is empty"),
        ("alpaca", {"instruction": "Egg?", "output": "a", "history": [["a"]]}, "list of pairs"),
        ("alpaca", {"instruction": 7, "output": "a"}, "must be a text"),
        ("chat", {"conversations": []}, "no conversation"),
        ("chat", {"conversations": [{"value": "a"}]}, "“role” and “content”"),
        ("ultrafeedback", {"instruction": "a", "completions": [{}, {}]}, "overall_score"),
        ("nemo", {"context": [EGG], "completions": [{"rank": 0}]}, "two or more"),
        ("nemo", {"context": [EGG], "completions": [{}, {}]}, "“rank”"),
    ],
)
def test_what_is_wrong_is_said(name: str, row: Row, what: str) -> None:
    with pytest.raises(BadInputError, match=what):
        FORMATS[name].read(row)


def test_names_of_others_that_do_not_fit_are_metadata() -> None:
    row = {"prompt": "a", "completion": "b", "split": "test", "language": "English (British)"}

    (entry,) = FORMATS["trl"].read({**row, "source": "team", "metadata": {"a": 1}})

    metadata = {"a": 1, "split": "test", "language": "English (British)"}
    assert entry.prompt == {"prompt": "a", "source": "team", "metadata": metadata}


def test_equal_scores_are_ties_and_nine_texts_are_kept() -> None:
    label = by_score([(str(n), float(n // 2), "") for n in range(12)])

    assert [(text.text, text.tier) for text in label.texts] == [
        ("10", 1), ("11", 1), ("8", 2), ("9", 2), ("6", 3), ("7", 3), ("4", 4), ("5", 4), ("2", 5)
    ]  # fmt: skip
