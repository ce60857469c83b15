"""The editor of settings: drawn from the model, read back, rows moved."""

from typing import Annotated, Any

import pytest
from django.http import QueryDict
from django.utils import translation
from pydantic import Field

from labeling.kinds.settings import Said, Settings
from labeling.settings_form import Group, Input, Rows, acted, drawn, sent
from tests.labeling.kinds.toy import HINT, TEMPLATE, ToySettings

FORM = (
    "words=7&share=0.25&strict=on&note=One%0D%0Atwo&hints=4&hints=0"
    "&hints.4.text=late&hints.4.tone=warm&hints.0.text=early&hints.0.tone=plain"
)
CONTENT = {
    "words": 7,
    "share": 0.25,
    "strict": True,
    "note": "One\ntwo",
    "hints": [{"text": "late", "tone": "warm"}, {"text": "early", "tone": "plain"}],
}


def test_what_is_sent_has_the_form_of_the_settings_in_the_order_of_the_page() -> None:
    assert sent(ToySettings, QueryDict(FORM)) == CONTENT
    assert ToySettings.model_validate(CONTENT).model_dump() == CONTENT


def test_what_is_no_number_stays_for_the_model_to_refuse() -> None:
    assert sent(ToySettings, QueryDict("words=many"))["words"] == "many"
    assert sent(ToySettings, QueryDict("words=99999999999"))["words"] == "99999999999"
    assert sent(ToySettings, QueryDict("words=1.5"))["words"] == "1.5"
    assert sent(ToySettings, QueryDict("share=nan"))["share"] == "nan"


def test_a_whole_number_is_a_fraction_too() -> None:
    assert sent(ToySettings, QueryDict("share=1"))["share"] == 1.0


def test_it_is_drawn_field_by_field() -> None:
    words, share, strict, note, hints = drawn(ToySettings, CONTENT, {"hints.1.text": "Bad."})

    assert isinstance(words, Input)
    assert isinstance(hints, Rows)
    found = [
        (each.form, each.name, each.value, dict(each.limits))
        for each in (words, share, strict, note)
        if isinstance(each, Input)
    ]
    assert found == [
        ("number", "words", 7, {"min": 1, "max": 50}),
        ("fraction", "share", 0.25, {"min": 0, "max": 1}),
        ("tick", "strict", True, {}),
        ("long", "note", "One\ntwo", {}),
    ]
    assert [[(i.form, i.name, i.value, i.error) for i in row.inputs] for row in hints.rows] == [
        [("text", "hints.0.text", "late", ""), ("choice", "hints.0.tone", "warm", "")],
        [("text", "hints.1.text", "early", "Bad."), ("choice", "hints.1.tone", "plain", "")],
    ]


def test_the_templates_words_come_and_go_in_the_readers_language() -> None:
    with translation.override("zh-hans"):
        *_others, hints = drawn(ToySettings, TEMPLATE, {})
        assert isinstance(hints, Rows)
        shown = hints.rows[0].inputs[0].value
        data = QueryDict(mutable=True)
        data.update({"hints": "0", "hints.0.text": shown, "hints.0.tone": "plain", "words": "1"})
        back = sent(ToySettings, data)

    assert shown == "标注指南"
    assert back["hints"] == [{"text": HINT, "tone": "plain"}]


@pytest.mark.parametrize(
    ("act", "texts", "focus"),
    [
        ("add.hints", ["late", "early", ""], "set-hints-2-text"),
        ("up.hints.1", ["early", "late"], "up-hints-0"),
        ("up.hints.0", ["late", "early"], "up-hints-0"),
        ("down.hints.0", ["early", "late"], "down-hints-1"),
        ("down.hints.1", ["late", "early"], "down-hints-1"),
        ("remove.hints.0", ["early"], "add-hints"),
        ("remove.hints.7", ["late", "early"], ""),
        ("up.words.0", ["late", "early"], ""),
        ("remove.hints.x", ["late", "early"], ""),
        ("save", ["late", "early"], ""),
    ],
)
def test_buttons_of_a_list(act: str, texts: list[str], focus: str) -> None:
    content: dict[str, Any]
    content, where = acted(ToySettings, CONTENT, act)

    assert [row["text"] for row in content["hints"]] == texts
    assert where == focus
    assert [row["text"] for row in CONTENT["hints"]] == ["late", "early"]  # type: ignore[attr-defined]


class Nested(Settings):
    """A group of fields beside a field of its own."""

    name: Annotated[str, Said(label="Name")] = ""
    toy: Annotated[ToySettings, Said(label="Toy")] = Field(default_factory=ToySettings)


def test_a_group_is_read_back_by_its_path() -> None:
    nested = "name=A&" + "&".join(f"toy.{one}" for one in FORM.split("&"))
    found = sent(Nested, QueryDict(nested))

    assert found == {"name": "A", "toy": CONTENT}
    assert Nested.model_validate(found).model_dump() == found


@pytest.mark.parametrize(
    ("errors", "focus", "is_open"),
    [
        ({}, "", False),
        ({"name": "Bad."}, "set-name", False),
        ({"toy.hints.1.text": "Bad."}, "", True),
        ({}, "set-toy-hints-0-text", True),
        ({}, "add-toy.hints", True),
        ({}, "set-toys-0-name", False),
    ],
)
def test_a_group_is_open_where_one_is_to_look(
    errors: dict[str, str], focus: str, is_open: bool
) -> None:
    name, group = drawn(Nested, {"name": "A", "toy": CONTENT}, errors, focus=focus)

    assert isinstance(name, Input)
    assert isinstance(group, Group)
    assert (group.name, group.said.label, group.is_open) == ("toy", "Toy", is_open)
    inner = [each.name for each in group.fields]
    assert inner == ["toy.words", "toy.share", "toy.strict", "toy.note", "toy.hints"]
    rows = group.fields[-1]
    assert isinstance(rows, Rows)
    assert rows.rows[1].inputs[0].error == errors.get("toy.hints.1.text", "")


@pytest.mark.parametrize(
    ("act", "texts", "focus"),
    [
        ("add.toy.hints", ["late", "early", ""], "set-toy-hints-2-text"),
        ("up.toy.hints.1", ["early", "late"], "up-toy.hints-0"),
        ("remove.toy.hints.0", ["early"], "add-toy.hints"),
        ("remove.hints.0", ["late", "early"], ""),
        ("add.toy.none", ["late", "early"], ""),
        ("add.toy", ["late", "early"], ""),
    ],
)
def test_rows_of_a_group_are_moved(act: str, texts: list[str], focus: str) -> None:
    content, focused = acted(Nested, {"name": "A", "toy": CONTENT}, act)

    assert [each["text"] for each in content["toy"]["hints"]] == texts
    assert (content["name"], focused) == ("A", focus)
