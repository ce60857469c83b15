"""The prompt above a task: as high as its reader wants it, and in sight."""

import pytest
from playwright.sync_api import expect

from accounts.models import User
from labeling.models import Project
from tests.factories import make_prompt, make_task
from tests.labeling.browser.opening import OpenPage, start
from tests.labeling.browser.test_board import LONG, box_of, column, press

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def test_the_prompt_is_as_high_as_the_reader_wants(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    prompt = make_prompt(project, "\n".join(f"Egg {n}?" for n in range(200)))
    make_task(project, "ranking", prompt=prompt)
    page = start(open_page, ada, viewport={"width": 1280, "height": 800})
    edge, prompt_box = page.get_by_role("separator"), page.locator(".prompt")

    def height() -> float:
        return float(box_of(prompt_box)["height"])

    first = height()
    press(page, "v")
    assert height() == pytest.approx(first + 96, abs=1)
    page.keyboard.press("Shift+V")
    edge.focus()
    press(page, "ArrowDown ArrowDown ArrowUp")
    assert height() == pytest.approx(first + 32, abs=1)
    assert edge.get_attribute("aria-valuenow") == str(round(height()))
    at = box_of(edge)
    page.mouse.move(at["x"] + 100, at["y"] + 5)
    page.mouse.down()
    page.mouse.move(at["x"] + 100, at["y"] - 95, steps=4)
    page.mouse.up()
    assert height() == pytest.approx(first - 68, abs=1)
    page.reload()
    page.wait_for_selector("[data-ready]")
    assert height() == pytest.approx(first - 68, abs=1)
    press(page, " ".join(["v"] * 12))
    assert height() <= 480  # the form keeps its room
    expect(page.get_by_role("button", name="Submit")).to_be_in_viewport(ratio=1)


def test_a_short_prompt_has_no_edge_to_drag(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    make_task(project, "ranking", prompt=make_prompt(project, "Eggs?"))
    page = start(open_page, ada)

    expect(page.get_by_role("separator")).to_be_hidden()


def test_the_prompt_stays_at_the_top_of_a_phone(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    make_task(project, "ranking", texts=[LONG, LONG + "x", LONG + "y"])
    page = start(open_page, ada, viewport={"width": 360, "height": 740})

    column(page, "C").scroll_into_view_if_needed()
    page.mouse.move(180, 500)
    page.mouse.wheel(0, 400)

    expect(page.get_by_role("region", name="Prompt")).to_be_in_viewport(ratio=1)
