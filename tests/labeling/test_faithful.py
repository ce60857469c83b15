"""Nothing that a model wrote is altered on the page: what people judge is what is trained on."""

import pytest
from django.utils.translation import override

from labeling.markdown import asked, hidden_places, plain, render, typed, written


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Roses are red\nViolets are blue", "<p>Roses are red<br>Violets are blue</p>"),
        ("a\r\nb", "<p>a<br>b</p>"),
        ("a\n\n    indented\n\ttab", "<p>a</p><p>    indented<br>\ttab</p>"),
        ("if a:\n    b()\nc()", "<p>if a:<br>    b()<br>c()</p>"),
        ("a  b", "<p>a  b</p>"),
        ("a\n\n\nb", "<p>a</p><p> </p><p>b</p>"),
        (
            "Name: Ann\n  - two spaces\n  Street 5\nTown",
            "<p>Name: Ann</p><ul><li>two spaces</li></ul><p>  Street 5<br>Town</p>",
        ),
        (
            r"\(a_1\) and \[x^2\]",
            r"<p><tex-formula>\(a_1\)</tex-formula> and <tex-formula>\[x^2\]</tex-formula></p>",
        ),
        (
            r"\begin{cases} a\\ b \end{cases}",
            r"<p><tex-formula>\begin{cases} a\\ b \end{cases}</tex-formula></p>",
        ),
        (r"\begin{itemize} a_b_c \end{itemize}", r"<p>\begin{itemize} a_b_c \end{itemize}</p>"),
        ("$$\na\n+ b\n- c\n$$", "<p><tex-formula>$$\na\n+ b\n- c\n$$</tex-formula></p>"),
        ("$x*y*z$ and $5", "<p><tex-formula>$x*y*z$</tex-formula> and $5</p>"),
        ("$5*a* or *6$", "<p>$5*a* or *6$</p>"),
        ("__init__ ___init___ _a_", "<p>__init__ ___init___ _a_</p>"),
        ("a**2 + b**2, 2*3*4, (a)*(b)*(c)", "<p>a**2 + b**2, 2*3*4, (a)*(b)*(c)</p>"),
        ("f(*args, **kwargs), *.txt, .*", "<p>f(*args, **kwargs), *.txt, .*</p>"),
        ("这是**重点**内容", "<p>这是<strong>重点</strong>内容</p>"),
        ("&amp; &copy;", "<p>&amp;amp; &amp;copy;</p>"),
        ("<https://a.example>", "<p>&lt;https://a.example&gt;</p>"),
        ("[1]: https://a.example", "<p>[1]: https://a.example</p>"),
        ("x\n===\ny", "<p>x<br>===<br>y</p>"),
        ("# Learn C #", "<p># Learn C #</p>"),
        ("> quoted\nnot quoted", "<blockquote><p>quoted</p></blockquote><p>not quoted</p>"),
        (
            "1. a\n1. b\n7. c",
            '<ol><li value="1">a</li><li value="1">b</li><li value="7">c</li></ol>',
        ),
        (
            "```python\nif a:\n    b_c_d()\n\n\n```",
            '<wide-box><pre><em>python</em><code><span class="code-keyword">if</span> a:\n'
            "    b_c_d()\n\n\n</code></pre></wide-box>",
        ),
        (
            "```diff\n-a\n+b\n\n```",
            '<wide-box><pre><em>diff</em><code><span class="code-deleted">-a</span>\n'
            '<span class="code-inserted">+b</span>\n\n</code></pre></wide-box>',
        ),
        (
            "```print(1)\n2```",
            "<wide-box><pre><em>print(1)</em><code>2```</code></pre></wide-box>",
        ),
        (
            "|a|b|\n|-|-|\n|1|2|",
            "<wide-box><table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1</td>"
            "<td>2</td></tr></tbody></table></wide-box>",
        ),
    ],
)
def test_rendering_keeps_what_was_written(text: str, shown: str) -> None:
    assert render(text).rstrip("\n") == shown


@pytest.mark.parametrize(
    "text",
    ["|a|b|\n|-|-|\n|1|2|3|", '[a](https://b.example "title")', "007. Bond", r"|a\|b|" "\n|-|"],
)
def test_what_markdown_would_leave_out_is_shown_as_it_is(text: str) -> None:
    assert render(text) == plain(text)


def test_the_raw_text_stands_beside_the_rendered_one() -> None:
    assert written("**a**\r\nb") == (
        '<div class="shown" dir="auto"><p><strong>a</strong><br>b</p>\n</div>'
        '<div class="verbatim raw" dir="auto">'
        '**a**<span class="hidden-character">U+000D</span>\nb</div>'
    )


def test_a_prompt_is_shown_as_it_was_typed_but_for_its_formulas() -> None:
    assert asked("**a** is `$x$`\n```\n$y$\n``` not $z$") == (
        '<div class="verbatim shown" dir="auto">**a** is `$x$`\n```\n$y$\n``` not '
        '<tex-formula>$z$</tex-formula></div><div class="verbatim raw" dir="auto">'
        "**a** is `$x$`\n```\n$y$\n``` not $z$</div>"
    )
    assert asked("a\r\n$5 <b>") == (
        '<div class="verbatim shown" dir="auto">a\n$5 &lt;b&gt;</div>'
        '<div class="verbatim raw" dir="auto">a<span class="hidden-character">U+000D</span>\n'
        "$5 &lt;b&gt;</div>"
    )
    assert asked("$5\n ```\n\\(x\\) unclosed") == plain("$5\n ```\n\\(x\\) unclosed")


def test_an_empty_text_says_so() -> None:
    assert written("").startswith('<p class="quiet">(empty)</p>')
    assert written(" \n").startswith('<p class="quiet">(only white space)</p>')
    with override("zh-hans"):
        assert written("").startswith('<p class="quiet">（空）</p>')


def test_a_part_of_a_text_is_shown_as_typed_with_its_hidden_characters_marked() -> None:
    assert typed("a<b>\r\n\u202e🥚") == (
        'a&lt;b&gt;\n<span class="hidden-character">U+202E</span>🥚'
    )
    # In code points; Windows' line ends hide nothing, a lone carriage return does.
    assert hidden_places("🥚\u202ea\r\nb\rc\U000e0041") == [1, 6, 8]
