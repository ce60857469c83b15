"""Texts in the browser: line breaks, direction, the raw text by a key, a long prompt unfolded."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from labeling.models import Annotation, Completion, Project
from tests.factories import make_prompt, make_task
from tests.labeling.browser.opening import start

OpenPage = Callable[..., Page]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

PROGRAM = "if **a**:\n    b()\nc()"
ARABIC = "ابدأ بـ Python 3.11 (ثم) اطبع hello!"


def test_r_shows_the_raw_texts_and_is_remembered(
    open_page: OpenPage, project: Project, ada: User
) -> None:
    for _ in range(2):
        make_task(project, "ranking", texts=[PROGRAM, ARABIC, "nothing"])
    Completion.objects.filter(text="nothing").update(text="")
    page = start(open_page, ada)
    texts = page.locator(".text-column .rendered")

    rendered = sorted(texts.all_inner_texts())
    page.keyboard.press("r")
    raw = sorted(texts.all_inner_texts())

    assert [text.strip() for text in rendered] == ["(empty)", "if a:\n    b()\nc()", ARABIC]
    assert [text.strip() for text in raw] == ["(empty)", PROGRAM, ARABIC]
    expect(page.get_by_role("button", name="Raw text")).to_have_attribute("aria-pressed", "true")
    page.reload()
    page.wait_for_selector("[data-ready]")
    assert sorted(text.strip() for text in texts.all_inner_texts()) == ["(empty)", PROGRAM, ARABIC]
    page.get_by_role("button", name="Raw text").click()
    assert sorted(texts.all_inner_texts()) == rendered


def test_arabic_is_read_from_the_right(open_page: OpenPage, project: Project, ada: User) -> None:
    roles = ("user", "assistant", "user")  # whose names are English
    prompt = make_prompt(project, messages=[{"role": role, "content": ARABIC} for role in roles])
    make_task(project, "correction", texts=[ARABIC], prompt=prompt)
    page = start(open_page, ada)

    turns = [f".turn:nth-child({n}) {part}" for n, part in ((1, ".verbatim"), (2, ".shown"))]
    for part in (*turns, ".original .shown", "#corrected", '[data-role="difference"]'):
        assert page.locator(part).evaluate("el => getComputedStyle(el).direction") == "rtl"


def test_a_long_prompt_can_be_seen_whole(open_page: OpenPage, project: Project, ada: User) -> None:
    long = make_prompt(project, "\n".join(f"Egg {n}?" for n in range(300)))
    make_task(project, prompt=long)
    make_task(project)
    page = start(open_page, ada)
    whole = page.get_by_role("button", name="The whole prompt")
    box = page.locator(".prompt")

    folded = box.evaluate("el => el.scrollHeight - el.clientHeight")
    whole.click()
    unfolded = box.evaluate("el => el.scrollHeight - el.clientHeight")
    whole.click()

    assert folded > 1000
    assert unfolded <= 1
    expect(whole).to_have_attribute("aria-expanded", "false")
    page.locator("[data-form] textarea").fill("Six.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-form] textarea")).to_have_value("")
    expect(whole).to_be_hidden()


def test_an_unedited_correction_keeps_its_line_ends(
    open_page: OpenPage, project: Project, ada: User
) -> None:
    """A text field makes one kind of line end of all: nobody has edited the others."""
    make_task(project, "correction", texts=["a\r\nb\rc"])
    make_task(project, "correction", texts=["a\r\nb"])
    page = start(open_page, ada)
    page.keyboard.press("Control+Enter")
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-form] textarea")).to_have_value("a\nb")
    page.locator("[data-form] textarea").fill("a\nc")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/label/**")
    page.wait_for_selector("text=Nothing left for you")

    bodies = Annotation.objects.order_by("pk").values_list("body__text", flat=True)
    assert list(bodies) == ["a\r\nb\rc", "a\r\nc"]


def test_who_speaks_stands_before_a_prompt_from_the_right(
    open_page: OpenPage, project: Project, ada: User
) -> None:
    make_task(project, prompt=make_prompt(project, ARABIC))
    page = start(open_page, ada)

    left = "element => element.getBoundingClientRect().left"
    role, said = (page.locator(f".turn > {part}").evaluate(left) for part in (".role", ".verbatim"))
    assert role > said


@pytest.mark.parametrize("kind", ["demonstration", "ranking", "correction"])
def test_beside_a_whole_prompt_the_form_fits_the_window(
    open_page: OpenPage, project: Project, ada: User, kind: str
) -> None:
    long = "How long do I boil an egg, and why?\n" * 90
    texts = {"ranking": [long, "Six."], "correction": [long]}.get(kind)
    prompt = make_prompt(project, long)
    make_task(project, kind, prompt=prompt, **({"texts": texts} if texts else {}))
    page = start(open_page, ada)
    page.get_by_role("button", name="The whole prompt").click()

    page.locator("[data-form]").scroll_into_view_if_needed()
    page.mouse.move(600, 400)
    page.mouse.wheel(0, 20_000)

    expect(page.locator("[data-form]")).to_be_in_viewport(ratio=1)
