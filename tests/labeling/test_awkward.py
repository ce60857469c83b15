"""Awkward texts on the page: raw to the letter, rendered without the loss of a sign."""

import html
import re

import pytest

from labeling.markdown import _SIGNS, asked, plain, render, written
from tests.labeling.awkward import _CODE, CODE, FORMULAS, NO_FORMULAS, TEXTS

MARKER = re.compile(r'<span class="hidden-character">U\+([0-9A-F]{4,6})</span>')
RAW = '<div class="verbatim raw" dir="auto">'


def text_of(shown: str) -> str:
    """The text of inert HTML, with the characters that markers stand for."""
    bare = re.sub(r"<[^>]*>", "", MARKER.sub(lambda found: f"&#{int(found[1], 16)};\x00", shown))
    # html.unescape knows some control characters by other names.
    parts = re.split("(&#\\d+;\x00)", bare)
    return "".join(chr(int(p[2:-2])) if p.endswith("\x00") else html.unescape(p) for p in parts)


def test_there_are_a_hundred() -> None:
    assert len(TEXTS) == len(set(TEXTS)) == 100


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_the_raw_text_is_the_text(text: str) -> None:
    raw = written(text).partition(RAW)[2].removesuffix("</div>")
    assert text_of(raw) == text
    prompt = asked(text)
    assert text_of(prompt.partition(RAW)[2] or prompt) == text
    assert text_of(plain(text)) == text.replace("\r\n", "\n")


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_the_rendered_text_lacks_no_sign(text: str) -> None:
    shown = render(text)
    said = " ".join(re.findall(r'(?:href|value)="([^"]*)"', shown))
    found = sorted(_SIGNS.findall(text_of(shown) + html.unescape(said)))
    for sign in _SIGNS.findall(text):
        assert sign in found
        found.remove(sign)


@pytest.mark.parametrize(("text", "code"), list(zip(CODE, _CODE.values(), strict=True)))
def test_code_is_code_to_the_letter(text: str, code: str) -> None:
    (shown,) = re.findall(r"<code>(.*?)</code>", render(text), re.DOTALL)
    assert text_of(shown) == code


def test_formulas_and_what_looks_like_one_are_told_apart() -> None:
    assert all("<tex-formula>" in render(text) for text in FORMULAS)
    assert not any("<tex-formula>" in render(text) + asked(text) for text in NO_FORMULAS)
