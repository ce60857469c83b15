"""Code is told apart by colour and stays as it is; the colours can be read in both themes."""

import html
import re
import time
from pathlib import Path

import pytest

from labeling import highlighting
from labeling.highlighting import CLASSES, LANGUAGES, highlight

STYLES = Path(__file__).resolve().parents[2] / "platform/core/static/core"
ODD = "\tif a:\n\n\n  b = 'ü' # c\u3000\n<?php \\ \"x\" /* y -- z\n+1\n-2\n@@ \x0c {{ }}   \n\n"


def text_of(shown: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", shown))


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_no_language_changes_the_code(language: str) -> None:
    for code in (ODD, ODD * 3 + "\r\n", "", "\n", " "):
        assert text_of(highlight(code, language)) == code


def test_words_are_told_apart_by_class() -> None:
    assert highlight("def f():\n    return '<a>'  # b\n", "Python title=x.py") == (
        '<span class="code-keyword">def</span> <span class="code-name">f</span>():\n'
        '    <span class="code-keyword">return</span> '
        "<span class=\"code-string\">'&lt;a&gt;'</span>  "
        '<span class="code-comment"># b</span>\n'
    )
    assert highlight("-a\n+b\n", "diff") == (
        '<span class="code-deleted">-a</span>\n<span class="code-inserted">+b</span>\n'
    )


@pytest.mark.parametrize("info", ["", "text", "unknown", "python3.11", "\ue000", "../x"])
def test_a_language_is_never_guessed(info: str) -> None:
    assert highlight("def f(): <b>", info) == "def f(): &lt;b&gt;"


def test_a_page_of_php_is_told_from_a_part_of_one() -> None:
    assert '<span class="code-keyword">echo</span>' in highlight("echo 1;", "php")
    assert '<span class="code-keyword">echo</span>' in highlight("a <?php echo 1; ?>", "php")


def test_long_code_and_slow_code_stay_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "<span" in highlight("if\n" * 100, "python")
    assert "<span" not in highlight("if\n" * 7_000, "python")
    monkeypatch.setattr(highlighting, "SECONDS", -1)
    assert highlight("if\n", "python") == "if\n"


def test_a_marker_of_a_hidden_character_stays_whole() -> None:
    assert highlight("if \ue000200B\ue001", "python") == "if \ue000200B\ue001"


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_no_language_takes_long(language: str) -> None:
    """One pattern of a lexer cannot be stopped: none may take long on what is tedious."""
    for part in (
        "'",
        '"',
        "/",
        "\\",
        "<",
        "(",
        "{",
        "a",
        " ",
        "\n",
        "0",
        "/*",
        '"""',
        "$",
        "#",
        "`",
    ):
        start = time.process_time()
        highlight(part * (2_000 // len(part)) + "\x01", language)
        assert time.process_time() - start < 1, part


def test_colours_of_code_can_be_read_in_both_themes() -> None:
    rules = (STYLES / "components.css").read_text("utf-8")
    colours = {
        name: colour
        for names, colour in re.findall(
            r"^((?:\.code-[\w, .-]+)) { color: var\(--(\w+)\); }", rules, re.M
        )
        for name in re.findall(r"code-\w+", names)
    }
    tokens = {
        name: (light, dark)
        for name, light, dark in re.findall(
            r"--(\w+): light-dark\((#\w{6}), (#\w{6})\)", (STYLES / "rondo.css").read_text("utf-8")
        )
    }

    assert colours.keys() == CLASSES
    for name in colours.values():
        for theme in (0, 1):
            assert contrast(tokens[name][theme], tokens["sunken"][theme]) >= 4.5


def contrast(one: str, other: str) -> float:
    """WCAG 2's ratio of two colours."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
