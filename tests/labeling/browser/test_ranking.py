"""A ranking in the browser: by keys alone, by drag, and with what can happen to a draft."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from labeling.models import Annotation, Assignment, Project, Task
from tests.factories import make_project, make_task

OpenPage = Callable[..., Page]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def project() -> Project:
    """A project of committed rows, since the server of these tests is another thread."""
    return make_project("kitchen", guidelines="Be **kind**.")


def shown(task: Task) -> list[int]:
    """The completions in the order of the letters."""
    return Assignment.objects.get(task=task).shown_order


def start(open_page: OpenPage, user: User, **options: object) -> Page:
    page = open_page(user, "/projects/kitchen/label/", **options)
    page.wait_for_selector("[data-ready]")
    return page


def test_five_keys_rank_four_texts_and_bring_the_next_task(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    task, following = make_task(project, "ranking"), make_task(project, "ranking")
    page = start(open_page, ada)
    first = page.url

    for key in ("2", "1", "=", "0", "Enter"):
        page.keyboard.press(key)
    page.wait_for_url(lambda url: url != first)

    a, b, c, d = shown(task)
    body = Annotation.objects.get().body
    assert body == {"tiers": [[b, c], [a]], "unacceptable": [d]}
    assert Assignment.objects.get(state="active").task == following


def test_a_held_digit_places_one_text(project: Project, ada: User, open_page: OpenPage) -> None:
    make_task(project, "ranking", k=3)
    page = start(open_page, ada)

    for _ in range(3):
        page.keyboard.down("1")

    expect(page.locator('.slot[data-tier="1"]')).to_have_text("A")


def test_the_head_of_a_text_holds_its_letter_also_on_two_lines(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    task = make_task(project, "ranking")
    task.completions.update(finish_reason="length")
    page = start(open_page, ada, viewport={"width": 1280, "height": 800})
    page.keyboard.press("1")

    for head in page.locator(".text-column > header").all():
        box, letter = head.bounding_box(), head.locator("kbd").bounding_box()
        assert box["height"] > 50  # two lines
        assert letter["y"] - box["y"] >= 4


def test_letters_arrows_and_undo(project: Project, ada: User, open_page: OpenPage) -> None:
    task = make_task(project, "ranking", k=3)
    page = start(open_page, ada)

    # Placing A goes on to B, hence the second "a".
    for key in ("c", "1", "a", "1", "a", "Shift+ArrowDown", "b", "x", "u", "b", "3"):
        page.keyboard.press(key)
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/label/")

    a, b, c = shown(task)
    assert Annotation.objects.get().body == {"tiers": [[c], [a], [b]], "unacceptable": []}


def test_arrows_scroll_a_long_text_and_leave_its_tier(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    make_task(project, "ranking", texts=["Stir.\n\n" * 200, "Wait.\n\n" * 200])
    page = start(open_page, ada, viewport={"width": 1280, "height": 700})
    text = page.get_by_role("group", name="Text A", exact=True)

    for key in ("a", "2", "a", "ArrowDown", "ArrowDown"):
        page.keyboard.press(key)

    expect(text).to_be_focused()
    expect(text.locator("p").first).not_to_be_in_viewport()
    expect(page.locator('.slot[data-tier="2"]')).to_have_text("A")
    page.keyboard.press("Shift+ArrowUp")
    expect(page.locator('.slot[data-tier="1"]')).to_have_text("A")


def test_with_single_keys_off_tab_reaches_all_that_ranking_needs(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    task = make_task(project, "ranking", k=2)
    page = start(open_page, ada)
    page.keyboard.press("?")
    page.get_by_role("button", name="Single-key shortcuts are on").click()
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    expect(page.locator("#guidelines")).to_be_hidden()

    page.locator(".work-head [data-do=guidelines]").press("Enter")
    expect(page.locator("#guidelines")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#guidelines")).to_be_hidden()
    page.get_by_role("region", name="Prompt").focus()
    # Text A's pin, fold and edit, its text, its 1 and 2; on to its ✕, then the same of text B, to
    # its 1. Enter presses, and the focus stays.
    for key in (*["Tab"] * 6, "Enter", *["Tab"] * 6, "Enter", "Control+Enter"):
        page.keyboard.press(key)
    page.wait_for_url("**/label/")

    a, b = shown(task)
    assert Annotation.objects.get().body == {"tiers": [[b], [a]], "unacceptable": []}


def test_submit_says_what_is_missing_and_goes_there(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    make_task(project, "ranking")
    page = start(open_page, ada)
    page.keyboard.press("a")
    page.keyboard.press("1")

    page.get_by_role("button", name="Submit").click()

    expect(page.locator("[data-role=problem]")).to_have_text(
        "These texts have no place yet: B, C, D."
    )
    expect(page.get_by_role("group", name="Text B", exact=True)).to_be_focused()
    assert Annotation.objects.count() == 0


def test_dragging_and_buttons_do_the_same(project: Project, ada: User, open_page: OpenPage) -> None:
    task = make_task(project, "ranking", k=2)
    page = start(open_page, ada, viewport={"width": 1280, "height": 800})

    page.locator('.token[data-letter="A"]').drag_to(page.locator('.slot[data-tier="2"]'))
    expect(page.locator('.text-column[data-letter="A"]')).to_have_attribute("data-placed", "2")
    page.locator('.text-column[data-letter="B"] button[data-tier="1"]').click()
    page.get_by_role("button", name="Submit").click()
    page.wait_for_url("**/label/")

    a, b = shown(task)
    assert Annotation.objects.get().body == {"tiers": [[b], [a]], "unacceptable": []}


def test_a_draft_is_saved_and_survives_a_reload(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    task = make_task(project, "ranking", k=2)
    page = start(open_page, ada)

    page.keyboard.press("1")
    expect(page.locator("[data-role=saved]")).to_contain_text("Saved", timeout=6000)
    a, _b = shown(task)
    draft = Assignment.objects.get(task=task).draft
    assert draft == {"tiers": [[a], []], "unacceptable": []}
    page.reload()
    page.wait_for_selector("[data-ready]")

    expect(page.locator('.text-column[data-letter="A"]')).to_have_attribute("data-placed", "1")
    expect(page.locator('.slot[data-tier="1"]')).to_have_text("A")


def test_offline_work_is_kept_on_the_device_and_sent_later(
    project: Project, ada: User, open_page: OpenPage, watch: object
) -> None:
    watch.expected.append("ERR_INTERNET_DISCONNECTED")  # type: ignore[attr-defined]
    task = make_task(project, "ranking", k=2)
    page = start(open_page, ada)

    page.context.set_offline(True)
    page.keyboard.press("1")
    expect(page.locator("[data-role=saved]")).to_have_text(
        "Offline – kept on this device", timeout=6000
    )
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    expect(page.locator("[data-role=problem]")).to_contain_text("You are offline")
    page.context.set_offline(False)
    page.wait_for_url("**/label/", timeout=8000)

    a, b = shown(task)
    assert Annotation.objects.get().body == {"tiers": [[a], [b]], "unacceptable": []}


def test_equal_texts_are_one_column_and_tied(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    task = make_task(project, "ranking", texts=["Six minutes.", "Six minutes.", "Ten."])
    page = start(open_page, ada)
    expect(page.locator(".text-column")).to_have_count(2)
    both = page.locator(".text-column", has_text="2 identical texts")
    letter = both.get_attribute("data-letter")

    both.locator('button[data-tier="1"]').click()
    page.locator(f'.text-column:not([data-letter="{letter}"]) button[data-tier="2"]').click()
    page.keyboard.press("Enter")
    page.wait_for_url("**/label/")

    same = sorted(task.completions.filter(text__startswith="Six").values_list("pk", flat=True))
    tiers = [sorted(tier) for tier in Annotation.objects.get().body["tiers"]]
    assert tiers[0] == same


def test_on_a_small_screen_texts_are_a_list(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    make_task(project, "ranking", k=3)
    page = start(open_page, ada, viewport={"width": 360, "height": 740})

    boxes = [page.locator(".text-column").nth(i).bounding_box() for i in range(3)]
    assert [round(box["x"]) for box in boxes] == [round(boxes[0]["x"])] * 3
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    for i in range(3):
        page.locator(".text-column").nth(i).locator(f'button[data-tier="{i + 1}"]').click()
    page.get_by_role("button", name="Submit").click()
    page.wait_for_url("**/label/")
    assert len(Annotation.objects.get().body["tiers"]) == 3
