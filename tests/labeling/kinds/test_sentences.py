"""Where sentences end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.kinds.sentences import parts, sentences, trimmed


def said(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("One. Two! Three? Four", ["One. ", "Two! ", "Three? ", "Four"]),
        ("It costs 3.5 euros. Yes.", ["It costs 3.5 euros. ", "Yes."]),
        ("Eggs, e.g. of hens. Dr. No eats.", ["Eggs, e.g. of hens. ", "Dr. No eats."]),
        ('He said "no." Then "yes".', ['He said "no." ', 'Then "yes".']),
        ("1. First.\n2. Second.", ["1. First.\n", "2. Second."]),
        ("好的。不行！“对？”是……吧", ["好的。", "不行！", "“对？”", "是……吧"]),
        ("A list:\n  a\n\n  b\n", ["A list:\n", "  a\n\n", "  b\n"]),
        ("a.\r\nb", ["a.\r\n", "b"]),
        ("🥚. 👩‍👩‍👧. end", ["🥚. ", "👩‍👩‍👧. ", "end"]),
        ("", []),
        (" \n ", [" \n "]),
    ],
)
def test_a_mark_and_what_follows_it_end_a_sentence(text: str, found: list[str]) -> None:
    assert said(text) == found


@given(st.text(alphabet='aA.!?。 \n\r\t"1”🥚é', max_size=60))
def test_sentences_together_are_the_text(text: str) -> None:
    assert "".join(said(text)) == text
    assert all(part.strip() for part in said(text)) or not text.strip()


@given(st.text(alphabet="a \n", max_size=20), st.sets(st.integers(0, 20)))
def test_so_are_the_parts_between_any_cuts(text: str, cuts: set[int]) -> None:
    found = parts(text, [cut for cut in cuts if cut <= len(text)])
    assert "".join(text[start:end] for start, end in found) == text


def test_a_part_is_trimmed_to_its_words() -> None:
    assert trimmed("a  bc \n d", (1, 7)) == (3, 5)
