"""Formulas, code and tables in the browser: shown, kept to the letter, asked of nobody."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from labeling.models import Project
from tests.factories import make_prompt, make_task
from tests.labeling.browser.opening import start

OpenPage = Callable[..., Page]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

FORMULAS = [
    r"\(\frac{a_1}{2}\)",
    r"\[\sum_{i=1}^{n} i = \frac{n(n+1)}{2}\]",
    "$$\n\\int_0^1 x^2\\,dx\n$$",
    r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}",
    r"\begin{align} a &= b \\ c &= d \label{main} \end{align}",
    r"$\sqrt{2}$",
]
# Each stays as it was typed.
REFUSED = [
    r"$\def\a{\a\a}\a$",
    r"$\href{javascript:alert(1)}{x}$",
    r"$\includegraphics{https://a.example/b.png}$",
    r"$\class{bar}{x} + \id{main}{y} + \style{color:red}{z}$",
    r"$\phantom{hidden} = 1$",
    r"$\color{white} x = 1$",
    r"$\rule{900em}{900em}$",
    r"$\unknown{x}$",
    "$x % y$",
    "$" + r"\frac{1}{" * 40 + "x" + "}" * 40 + "$",
    r"$\frac{1}{2$",
]


def rendered(page: Page, count: int) -> None:
    """Wait until each formula was tried; those out of sight are not."""
    for formula in page.locator(".shown tex-formula").all():
        formula.scroll_into_view_if_needed()
    page.wait_for_function(
        "count => document.querySelectorAll('tex-formula[data-state]').length === count", arg=count
    )


def test_formulas_are_shown_and_copied_as_they_were_typed(
    open_page: OpenPage, project: Project, ada: User
) -> None:
    text = "".join(f"Of {formula} it follows:\n" for formula in FORMULAS)
    make_task(project, "correction", texts=[text], prompt=make_prompt(project, "Is $x^2$ $5?"))
    page = start(open_page, ada)
    rendered(page, len(FORMULAS) + 1)

    shown = page.locator(".original .shown")
    assert shown.locator("tex-formula > math").count() == len(FORMULAS)
    assert page.locator(".prompt .shown tex-formula > math").count() == 1
    assert page.locator("[id='main']").count() == 1
    assert shown.locator(".tex-source").all_text_contents() == FORMULAS
    widths = "maths => maths.map(math => math.getBoundingClientRect().width > 5)"
    assert all(page.locator("tex-formula > math").evaluate_all(widths))
    selected = shown.evaluate(
        "el => { getSelection().selectAllChildren(el); return getSelection().toString(); }"
    )
    assert selected.split() == text.split()
    page.keyboard.press("r")
    assert page.locator(".original .raw").inner_text() == text


def test_what_could_hide_act_or_bomb_stays_as_it_was_typed(
    open_page: OpenPage, project: Project, ada: User
) -> None:
    make_task(project, "correction", texts=["\n\n".join(REFUSED)])
    page = start(open_page, ada)
    found = page.locator(".original tex-formula")
    rendered(page, found.count())

    assert found.count() == len(REFUSED) - 1  # the last one has no end
    assert page.locator(".original math").count() == 0
    assert page.locator(".original .shown").inner_text().split() == "\n".join(REFUSED).split()


def test_no_script_for_formulas_is_loaded_where_there_are_none(
    open_page: OpenPage, project: Project, ada: User
) -> None:
    make_task(project, "correction", texts=["It costs $5 and $6, or \\[1\\]."])
    make_task(project, "correction", texts=["It is $x$."])
    page = start(open_page, ada)
    loaded = "performance.getEntriesByType('resource').filter(e => e.name.includes('temml')).length"

    assert page.evaluate(loaded) == 0
    page.keyboard.press("Control+Enter")
    page.keyboard.press("Control+Enter")
    rendered(page, 1)
    assert page.evaluate(loaded) > 0
    assert page.locator(".original math").count() == 1


def test_wide_tables_and_code_scroll_in_their_own_box(
    open_page: OpenPage, project: Project, ada: User
) -> None:
    row = "|" + "|".join("incomprehensibilities" for _ in range(12)) + "|"
    table = f"{row}\n{'|-' * 12}|\n{row}"
    code = "```python\n" + "value = " + "1 + " * 200 + "1\n```"
    make_task(project, "correction", texts=[f"{table}\n\n{code}\n\n|a|b|\n|-|-|\n|1|2|"])
    page = start(open_page, ada)

    boxes = page.locator(".original wide-box")
    expect(boxes.nth(0)).to_have_attribute("tabindex", "0")
    expect(boxes.nth(1)).to_have_attribute("tabindex", "0")
    assert boxes.nth(2).get_attribute("tabindex") is None
    assert page.locator(".original").evaluate("el => el.scrollWidth <= el.clientWidth")
    boxes.nth(0).focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => document.querySelector('.original wide-box').scrollLeft > 0")


def test_a_raw_text_is_copied_to_the_byte(open_page: OpenPage, project: Project, ada: User) -> None:
    text = "a\r\n\tb  \u200b\u202e c\u00a0d\x1b[0m\n\n```\n$x$ U+200B\n"
    make_task(project, "correction", texts=[text])
    page = start(open_page, ada)
    page.keyboard.press("r")

    assert copied(page, ".original .raw") == text


def copied(page: Page, selector: str) -> str:
    """What a copy of all of an element puts on the clipboard."""
    found: str = page.locator(selector).evaluate(
        """el => {
          getSelection().selectAllChildren(el);
          const data = new DataTransfer();
          const event = new ClipboardEvent("copy", { clipboardData: data, bubbles: true });
          el.dispatchEvent(event);
          return data.getData("text/plain");
        }"""
    )
    return found
