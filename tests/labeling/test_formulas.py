"""What is a formula, and what only looks like one: prices, shells, patterns, quotations."""

import pytest

from labeling import formulas


def found(text: str) -> list[str]:
    """The formulas of a text."""
    matches = formulas.ANY.finditer(text)
    return [m[0] for m in matches if formulas.is_formula(text, *m.span())]


@pytest.mark.parametrize(
    "formula",
    [
        "$x$",
        "$5$",
        "$ABC$",
        "$a + b = c$",
        "$x'$",
        r"$\text{the price of one egg} = 5$",
        r"$\sin x + \log y$",
        "$f(x, y)$",
        r"\(n\)",
        r"\(\frac{1}{2}\)",
        r"\[ E = mc^2 \]",
        "$$\\sum_{i=1}^n i$$",
        "$$\na\n+ b\n= c\n$$",
        r"\begin{align*} a &= b \\ c &= d \end{align*}",
        r"\begin{pmatrix} 1 & 2 \end{pmatrix}",
    ],
)
@pytest.mark.parametrize("around", ["{}", "the {}, and", "({}).", "设{}为", "{}\n", "*{}*"])
def test_a_formula_is_found_in_any_surroundings(formula: str, around: str) -> None:
    assert found(around.format(formula)) == [formula]


@pytest.mark.parametrize(
    "text",
    [
        "it costs $5 and $6",
        "between $5 and 6$",
        "$5-10 and $20, or 5$ and 6$",
        "from $1,000 to $2,000, i.e. $5/$6",
        "US$5 + A$6, $5 more + 6$",
        "a $20 million–$30 million deal ($5) for ($6)",
        "echo $HOME/$USER and ${HOME}/${USER}$",
        "PATH=$PATH:$HOME/bin; kill $$ && echo $$",
        "if ($a > $b) { $c = $a; }",
        "^foo$|^bar$",
        r"s/\(a*\)/\1/ and a\(b\)c and \(ab\){2}",
        r"\[link\](https://a.example) and \[1\] and \[see above\] and \[a-z\]+",
        r"\\(not\\) and \$5^2\$",
        r"\begin{itemize} a \end{itemize}",
        r"\begin{document}$ \end{document}",
        "$ x $ and $x $ and $ x$",
        "$$ $$ $",
        "$some words that are meant for people = x$",
        "$" + "x" * 2_001 + "$",
    ],
)
def test_what_only_looks_like_a_formula_is_none(text: str) -> None:
    assert found(text) == []


def test_formulas_are_found_beside_prices() -> None:
    text = r"With $x = 2$ apples at $5 each, \(2x\) costs $20."
    assert found(text) == ["$x = 2$", r"\(2x\)"]
