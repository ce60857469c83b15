"""The ranking board for long texts: pairs, folded ones, and places found by questions."""

import math
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from labeling.models import Annotation, Assignment, Completion, Project
from tests.factories import make_task
from tests.labeling.browser.opening import OpenPage, start

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

LONG = "Stir it slowly, and wait until it is done.\n\n" * 60
SIZES = [(360, 740), (900, 800), (1280, 800)]


def column(page: Page, letter: str) -> Locator:
    return page.locator(f'.text-column[data-letter="{letter}"]')


def press(page: Page, keys: str) -> None:
    for key in keys.split():
        page.keyboard.press(key)


def box_of(part: Locator) -> dict[str, Any]:
    box = part.bounding_box()
    assert box is not None
    return dict(box)


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("k", [3, 9])
def test_two_that_are_pinned_stand_side_by_side(
    project: Project, ada: User, open_page: OpenPage, width: int, height: int, k: int
) -> None:
    make_task(project, "ranking", texts=[f"{n} {LONG}" for n in range(k)])
    page = start(open_page, ada, viewport={"width": width, "height": height})

    press(page, "a p c p")

    one, other = (box_of(column(page, letter)) for letter in "AC")
    assert one["y"] == pytest.approx(other["y"], abs=1)
    assert other["x"] >= one["x"] + one["width"]
    assert one["width"] == pytest.approx(other["width"], abs=1)
    assert one["x"] >= 0
    assert other["x"] + other["width"] <= width
    assert column(page, "B").get_attribute("data-folded") == ""
    expect(column(page, "C").locator(".rendered")).to_be_focused()
    press(page, "ArrowRight")
    expect(column(page, "A").locator(".rendered")).to_be_focused()
    press(page, "1")
    expect(page.locator('.slot[data-tier="1"]')).to_have_text("A")
    press(page, "u u")
    assert column(page, "B").get_attribute("data-folded") is None
    assert column(page, "A").get_attribute("data-pinned") == ""
    assert column(page, "C").get_attribute("data-pinned") is None


@pytest.mark.parametrize(
    ("texts", "marked", "line"),
    [
        (
            ["Boil it for **six** minutes.", "Boil it for ten minutes."],
            [["**six**"], ["ten"]],
            "Words of {} alone: {}; of {} alone: {}",
        ),
        (
            ["煮六分钟。", "煮十分钟。"],
            [["六"], ["十"]],
            "Characters of {} alone: {}; of {} alone: {}",
        ),
    ],
)
def test_what_differs_in_the_two_is_marked_in_their_raw_texts(
    project: Project,
    ada: User,
    open_page: OpenPage,
    texts: list[str],
    marked: list[list[str]],
    line: str,
) -> None:
    make_task(project, "ranking", texts=[*texts, "Never."])
    page = start(open_page, ada)
    order = Assignment.objects.get().shown_order
    stored = dict(Completion.objects.values_list("text", "pk"))
    letters = ["ABC"[order.index(stored[text])] for text in texts]

    press(page, "t")  # nothing is pinned
    press(page, " ".join(f"{letter.lower()} p" for letter in letters))
    press(page, "t")

    for letter, text, marks in zip(letters, texts, marked, strict=True):
        differing = column(page, letter).locator('[data-role="differing"]')
        expect(differing).to_have_text(text)
        assert "".join(differing.locator("mark").all_text_contents()) == "".join(marks)
        style = "element => getComputedStyle(element).borderBottomStyle"
        assert differing.locator("mark").first.evaluate(style) == "solid"  # not by colour alone
    said = page.locator('[data-role="differs"]').inner_text()
    words = [1 if "Characters" in line else 5, 1]
    assert said == line.format(letters[0], words[0], letters[1], words[1])
    press(page, "t")
    expect(column(page, letters[0]).locator(".shown")).to_be_visible()


def test_placed_texts_fold_one_by_one_and_all_at_once(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    make_task(project, "ranking", texts=[f"{n} {LONG}" for n in range(4)])
    page = start(open_page, ada, viewport={"width": 1280, "height": 800})
    folded = page.locator(".text-column[data-folded]")
    letters = "columns => columns.map((one) => one.dataset.letter).join('')"

    press(page, "1 2 Shift+L")
    assert folded.evaluate_all(letters) == "AB"
    assert box_of(column(page, "A"))["width"] < 60
    press(page, "Shift+L")
    expect(folded).to_have_count(0)
    press(page, "b l")
    assert folded.evaluate_all(letters) == "B"
    expect(column(page, "B")).to_be_focused()
    press(page, "3")  # a folded one can be placed
    expect(page.locator('.slot[data-tier="3"]')).to_have_text("B")
    press(page, "u u")
    expect(folded).to_have_count(0)
    column(page, "D").get_by_role("button", name="Show text D whole, or fold it").click()
    assert folded.evaluate_all(letters) == "D"


def by_questions(page: Page, rank: Callable[[str], float]) -> list[int]:
    """Answer by `rank` until all have a place; how many questions each text took."""
    counts: dict[str, int] = {}
    line = page.locator('[data-role="question"]')
    while page.locator('[data-role="asking"]').is_visible():
        new, old = [word for word in line.inner_text().rstrip("?").split() if len(word) == 1]
        counts[new] = counts.get(new, 0) + 1
        assert page.locator(".text-column[data-pair]").count() == 2
        difference = rank(new) - rank(old)
        page.keyboard.press("2" if not difference else "1" if difference < 0 else "3")
    return list(counts.values())


@pytest.mark.parametrize("k", [6, 9])
def test_questions_place_each_text_by_at_most_log_2_of_them(
    project: Project, ada: User, open_page: OpenPage, k: int
) -> None:
    ranks = [3, 1, 4, 1, 5, 9, 2, 6, 5][:k]
    make_task(project, "ranking", texts=[f"Text {n}, {rank}" for n, rank in enumerate(ranks)])
    page = start(open_page, ada)
    order = Assignment.objects.get().shown_order
    found = dict(Completion.objects.values_list("pk", "text"))
    rank_of = {
        letter: int(found[pk].split(", ")[1])
        for letter, pk in zip("ABCDEFGHI", order, strict=False)
    }

    press(page, "q")
    counts = by_questions(page, rank_of.__getitem__)

    assert len(counts) == k - 1  # the first has nothing to be compared with
    assert all(n <= math.ceil(math.log2(place + 2)) for place, n in enumerate(counts))
    press(page, "Enter")
    page.wait_for_url("**/label/")
    tiers = [
        sorted(int(found[pk].split(", ")[1]) for pk in tier)
        for tier in Annotation.objects.get().body["tiers"]
    ]
    assert tiers == [[rank] * ranks.count(rank) for rank in sorted(set(ranks))]


def test_questions_can_be_left_and_undone(project: Project, ada: User, open_page: OpenPage) -> None:
    make_task(project, "ranking", texts=[f"Text {n}" for n in range(6)])
    page = start(open_page, ada)
    line, asking = page.locator('[data-role="question"]'), page.locator('[data-role="asking"]')

    press(page, "2 Shift+ArrowUp")  # A into tier 2, on to B, which has none yet
    press(page, "q")
    expect(line).to_have_text("How is B beside A?")
    press(page, "1")  # better: a tier before A's
    expect(line).to_have_text("How is C beside A?")
    expect(page.locator('.slot[data-tier="1"]')).to_have_text("B")
    expect(page.locator('.slot[data-tier="2"]')).to_have_text("A")
    press(page, "3 u u")
    expect(line).to_have_text("How is B beside A?")
    press(page, "x")
    expect(page.locator('.slot[data-tier="0"]')).to_have_text("B")
    expect(line).to_have_text("How is C beside A?")
    press(page, "4")  # no answer, and no tier while a question is asked
    expect(page.locator(".slot").first).to_have_text("CDEF")
    press(page, "Escape")
    expect(asking).to_be_hidden()
    press(page, "c 4")
    expect(page.locator('.slot[data-tier="4"]')).to_have_text("C")


def test_five_texts_are_sorted_at_once(project: Project, ada: User, open_page: OpenPage) -> None:
    make_task(project, "ranking", k=5)
    page = start(open_page, ada)

    expect(page.get_by_role("button", name="Place by questions")).to_have_count(0)


@pytest.mark.parametrize("guidelines", [False, True])
@pytest.mark.parametrize("k", [4, 9])
@pytest.mark.parametrize(("width", "height"), SIZES)
def test_nothing_is_cut_off(
    project: Project,
    ada: User,
    open_page: OpenPage,
    width: int,
    height: int,
    k: int,
    guidelines: bool,
) -> None:
    make_task(project, "ranking", texts=[f"{n} {LONG}" for n in range(k)])
    page = start(open_page, ada, viewport={"width": width, "height": height})
    if guidelines:
        press(page, "Shift+G")

    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for letter in "ABCDEFGHI"[:k]:
        page.locator(f'.token[data-letter="{letter}"]').click()
        expect(column(page, letter).locator(".rendered")).to_be_focused()
        box = box_of(column(page, letter))
        assert box["width"] >= 180
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        last = column(page, letter).locator('button[data-tier="0"]')
        last.scroll_into_view_if_needed()
        expect(last).to_be_in_viewport(ratio=1)


def test_on_a_phone_buttons_move_a_text_up_and_down(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    make_task(project, "ranking", texts=["x", "y", "z"])
    page = start(open_page, ada, viewport={"width": 360, "height": 740}, has_touch=True)
    up = column(page, "B").get_by_role("button", name="A tier up: text B")
    expect(up).to_be_disabled()

    column(page, "B").locator('button[data-tier="2"]').tap()
    up.tap()
    expect(page.locator('.slot[data-tier="1"]')).to_have_text("B")
    column(page, "B").get_by_role("button", name="A tier down: text B").tap()
    expect(page.locator('.slot[data-tier="2"]')).to_have_text("B")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_tiers_of_nine_texts_are_one_row(
    project: Project, ada: User, open_page: OpenPage, language: str
) -> None:
    ada.language = language
    ada.save()
    make_task(project, "ranking", k=9)
    page = start(open_page, ada, viewport={"width": 1280, "height": 800})
    tops = "[...document.querySelectorAll('.tier')].map((tier) => tier.getBoundingClientRect().top)"

    assert len(set(page.evaluate(tops))) == 1
    for key in "110":
        page.keyboard.press(key)
    assert len(set(page.evaluate(tops))) == 1
