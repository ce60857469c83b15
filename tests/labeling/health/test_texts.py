"""Languages of short texts, and texts that are nearly the same."""

import subprocess
import sys
from dataclasses import replace

import pytest

from labeling.health import texts
from labeling.health.texts import UNSURE, Text, Told, look_through

# What people ask, as short as they ask it.
ASKED = {
    "en": [
        "How long do I boil an egg?",
        "What is the capital of France?",
        "Write a poem about autumn, with four lines.",
        "Explain how photosynthesis works to a child.",
        "Who wrote War and Peace?",
        "Is ibuprofen safe for children?",
        "Give me three ideas for dinner.",
        "Summarize the following article in two sentences.",
        "What should I pack for a week in Norway?",
        "My computer does not start. What can I do?",
    ],
    "zh": [
        "鸡蛋煮多久？",
        "写一首诗",
        "写一首关于秋天的短诗。",
        "你好",
        "法国的首都是哪里？",
        "請問雞蛋要煮多久？",
        "帮我翻译这句话",
        "怎样学好英语？",
        "孩子发烧了怎么办？",
        "用 Python 写一个快速排序",
    ],
    "de": ["Wie lange kocht ein Ei?", "Was ist das?", "Schreibe ein Gedicht über den Herbst."],
    "fr": ["Combien de temps faut-il pour cuire un œuf ?", "Quelle heure est-il ?"],
    "es": ["¿Qué hora es?", "¿Cuánto tiempo hay que hervir un huevo?"],
    "ja": ["卵は何分茹でる？", "日本の首都はどこですか？"],
    "ko": ["달걀을 얼마나 삶아야 하나요?"],
    "ru": ["Привет, как дела?", "Сколько варить яйцо?"],
    "ar": ["أين المكتبة؟"],
}


def told(*found: Text) -> list[Told]:
    answers = look_through(found)
    assert answers is not None
    return answers


def test_languages_of_short_texts() -> None:
    asked = [(language, text) for language, each in ASKED.items() for text in each]

    answers = told(*(Text(tagged=text) for _language, text in asked))

    wrong = [
        (text, answer.language)
        for (language, text), answer in zip(asked, answers, strict=True)
        if answer.language not in {language, UNSURE}
    ]
    assert wrong == []
    assert sum(answer.language == UNSURE for answer in answers) <= 1


@pytest.mark.parametrize("text", ["", "a", "ok", "2+2=?", "😀😀", "print('hello')", "Egg 1?"])
def test_what_has_no_language_is_told_as_unsure(text: str) -> None:
    assert told(Text(tagged=text)) == [Told(language="und")]


def test_nearly_the_same_texts_name_the_first_of_them() -> None:
    egg = "How long do I have to boil an egg so that the yolk stays soft and the white is firm?"
    poem = "写一首关于秋天的短诗，要有四行，每行七个字，最后一行要提到月亮。"
    asked = [egg, poem, egg.replace("How", "Say: how"), "Who wrote War and Peace?", f"{poem}谢谢"]

    answers = told(*(Text(compared=text) for text in asked))

    assert [answer.near for answer in answers] == [None, None, 0, None, 1]


def test_turns_of_one_conversation_are_not_nearly_the_same() -> None:
    said = "How long do I boil an egg? Six minutes, from the moment the water boils again."
    one = Text(compared=said, turns=1)

    answers = told(one, replace(one, compared=f"{said} Hm?", turns=3), Text())

    assert [answer.near for answer in answers] == [None, None, None]


def test_a_process_that_does_not_end_leaves_nothing_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "SECONDS", 1)
    endless = Text(tagged="a b c " * 400)

    assert look_through([endless] * 60_000) is None
    monkeypatch.setattr(texts, "WAIT", 0)
    monkeypatch.setattr(texts.PLACES, "_value", 0)
    assert look_through([endless]) is None


def test_nothing_to_look_for_starts_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "PROCESS", "nowhere")

    assert told(Text(), Text()) == [Told(), Told()]


def test_neither_numpy_nor_scipy_is_loaded_by_who_asks() -> None:
    script = (
        "import sys; from labeling.health.texts import Text, look_through;"
        "look_through([Text(tagged='How long do I boil an egg?')] * 2);"
        "print({'numpy', 'scipy', 'datasketch', 'py3langid'} & sys.modules.keys())"
    )

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)

    assert done.stdout == b"set()\n"
