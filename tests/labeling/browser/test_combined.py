"""Two steps on one page: each text is rated, then all are ranked from the order of the ratings."""

import os
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from labeling import kind_settings
from labeling.kinds import kinds
from labeling.kinds.rating.settings import Criterion, RatingSettings
from labeling.models import Annotation, Assignment, Project, Role
from tests.factories import make_member, make_task
from tests.labeling.browser.opening import OpenPage, start

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def shot(page: Page, name: str) -> None:
    """For whoever wants to look: SHOTS names a folder."""
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png")


def ask(project: Project, ada: User, **changes: Any) -> None:
    content = kinds()["combined"].read_settings(None).model_dump(mode="json")
    kind_settings.change(
        project=project,
        kind="combined",
        content=content | changes,
        number=1,
        by=ada,
        open_tasks=False,
    )


def keys(page: Page, *pressed: str) -> None:
    for key in pressed:
        page.keyboard.press(key)


def shown(page: Page) -> list[str]:
    """The letters of the ranking's columns, as they stand."""
    columns = page.locator(".text-column")
    return [columns.nth(n).get_attribute("data-letter") or "" for n in range(columns.count())]


def answers() -> list[dict[str, Any]]:
    """The body of each answer, with the letter that the annotator saw in the place of each id."""
    found = []
    for answer in Annotation.objects.order_by("pk"):
        letters = dict(zip(answer.shown_order, "ABCDEFGHI", strict=False))
        rating, ranking = (answer.body["parts"][name] for name in ("rating", "ranking"))
        scales = {letters[one["completion"]]: one["scales"] for one in rating["ratings"]}
        tiers = [[letters[pk] for pk in tier] for tier in ranking["tiers"]]
        began = {
            name: "".join(letters[pk] for pk in order)
            for name, order in answer.body["presorted"].items()
        }
        found.append({"scales": scales, "tiers": tiers, "presorted": began})
    return found


def test_four_texts_take_thirteen_keys(project: Project, ada: User, open_page: OpenPage) -> None:
    make_task(project, "combined", texts=["w", "x", "y", "z"])
    page = start(open_page, ada)

    keys(page, "2", "Enter", "5", "Enter", "5", "Enter", "7", "Enter")
    assert shown(page) == ["D", "B", "C", "A"]
    keys(page, "1", "2", "2", "3", "Enter")
    page.wait_for_url("**/label/**")

    numbers = {letter: {"overall": n} for letter, n in zip("ABCD", [2, 5, 5, 7], strict=True)}
    tiers = [["D"], ["B", "C"], ["A"]]
    assert answers() == [{"scales": numbers, "tiers": tiers, "presorted": {"ranking": "DBCA"}}]


def test_six_criteria_of_two_texts_and_their_order_take_fifteen_keys(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    names = ["clear", "true", "brief", "warm", "safe", "whole"]
    criteria = [Criterion(label=n.title(), form="scale", name=n) for n in names]
    rating = RatingSettings(criteria=criteria, order="mean").model_dump(mode="json")
    ask(project, ada, rating=rating)
    make_task(project, "combined", texts=["x", "y"])
    page = start(open_page, ada)

    # Without flags the next text follows the last number by itself. By the mean B is better.
    keys(page, *"511111", *"412111", "Enter", "1", "2", "Enter")
    page.wait_for_url("**/label/**")

    (found,) = answers()
    assert found["scales"]["A"] == dict(zip(names, [5, 1, 1, 1, 1, 1], strict=True))
    assert found["scales"]["B"] == dict(zip(names, [4, 1, 2, 1, 1, 1], strict=True))
    assert (found["tiers"], found["presorted"]) == ([["A"], ["B"]], {"ranking": "AB"})


def test_submit_shows_the_key_that_submits_in_this_step(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    make_task(project, "combined", texts=["x", "y"])
    page = start(open_page, ada)
    before = "getComputedStyle(document.querySelector('[data-on-enter] kbd'), '::before').content"

    assert page.evaluate(before) == '"Ctrl "'
    keys(page, "2", "Enter", "6", "Enter")
    assert page.evaluate(before) == "none"
    keys(page, "Shift+Enter")
    assert page.evaluate(before) == '"Ctrl "'


def test_one_goes_back_and_what_is_begun_stays_as_it_began(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    make_task(project, "combined", texts=["x", "y"])
    page = start(open_page, ada)
    told, problem = page.locator("[data-role=step]"), page.locator("[data-role=problem]")

    keys(page, "Enter")  # nothing is given
    expect(problem).to_have_text("Text A: “Overall quality” has no number yet.")
    keys(page, "2", "Enter", "6", "Enter")
    expect(told).to_have_text(
        "Step 2 of 2: Rank the completions. "
        "Sorted by the step before, the best first; the places are yours to give."
    )
    assert shown(page) == ["B", "A"]
    keys(page, "Shift+Enter")
    expect(told).to_have_text("Step 1 of 2: Rate the texts.")
    expect(page.locator("rating-form")).to_be_visible()
    expect(page.locator("ranking-form")).to_be_hidden()

    page.locator("[data-go]").first.click()
    keys(page, "7", "Enter")  # nothing is ranked yet, so it is sorted anew
    assert shown(page) == ["A", "B"]
    keys(page, "1", "Shift+Enter")
    page.locator("[data-go]").first.click()
    keys(page, "1", "Enter")  # the ranking has begun
    assert shown(page) == ["A", "B"]
    keys(page, "Enter")
    expect(problem).to_have_text("These texts have no place yet: B.")
    keys(page, "2", "Enter")
    page.wait_for_url("**/label/**")

    scales = {"A": {"overall": 1}, "B": {"overall": 6}}
    tiers = [["A"], ["B"]]
    assert answers() == [{"scales": scales, "tiers": tiers, "presorted": {"ranking": "AB"}}]


def test_a_draft_comes_back_in_its_step_and_its_order(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    make_task(project, "combined", texts=["x", "y", "z"])
    page = start(open_page, ada)
    keys(page, "2", "Enter", "6", "Enter", "4", "Enter", "1", "u", "1", "w")
    page.keyboard.type("My own.")
    expect(page.locator("[data-role=saved]")).to_contain_text("Saved")

    page.reload()
    page.wait_for_selector("[data-ready]")

    expect(page.locator("ranking-form")).to_be_visible()
    assert shown(page) == ["B", "C", "A"]
    expect(page.locator("#own-text")).to_have_value("My own.")
    keys(page, "c", "1", "2", "Control+Enter")
    page.wait_for_url("**/label/**")
    (found,) = Annotation.objects.all()
    assert found.body["parts"]["ranking"]["written"]["text"] == "My own."
    assert answers()[0]["tiers"] == [["B", "C"], ["A"]]


def test_the_last_answer_is_taken_up_again_whole(
    project: Project, ada: User, open_page: OpenPage
) -> None:
    for _ in range(2):
        make_task(project, "combined", texts=["x", "y"])
    page = start(open_page, ada)
    keys(page, "2", "Enter", "6", "Enter", "1", "2", "Enter")
    expect(page.locator("[data-role=arrived]")).to_have_text("Done. The next task is here.")
    assert shown(page) == ["A", "B"]

    keys(page, "u")
    page.wait_for_url("**undo=1**")
    page.wait_for_selector("[data-ready]")
    expect(page.locator("rating-form")).to_be_visible()
    page.get_by_role("button", name="Rank the completions").click()
    assert shown(page) == ["B", "A"]
    keys(page, "a", "1", "b", "2", "Enter")
    page.wait_for_url(lambda url: "undo" not in url)

    first, second = answers()
    assert first["tiers"] == [["B"], ["A"]]
    assert second == first | {"tiers": [["A"], ["B"]]}
    assert Assignment.objects.filter(state="submitted").count() == 1


@pytest.mark.parametrize(("width", "language"), [(1280, "en-GB"), (900, "en-GB"), (360, "zh-CN")])
def test_it_fits_the_window_and_works_by_touch(
    project: Project, ada: User, open_page: OpenPage, width: int, language: str
) -> None:
    texts = ["Boil it for **six** minutes.\n\n" * 40, "An hour.", "No.", "Ask a hen."]
    make_task(project, "combined", texts=texts)
    options = {"viewport": {"width": width, "height": 760}, "locale": language}
    page = start(open_page, ada, **options)
    steps = page.locator(".steps button")

    shot(page, f"combined-rating-{width}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    steps.nth(1).click()  # too early: what is missing is said
    expect(page.locator("[data-role=step]")).to_contain_text("A")
    expect(page.locator("ranking-form")).to_be_hidden()
    for place in range(4):
        page.locator("[data-go]").nth(place).click()
        page.locator('.one-text:not([hidden]) [data-value="4"]').click()
    steps.nth(1).click()
    shot(page, f"combined-ranking-{width}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for place in range(4):
        page.locator(".text-column").nth(place).locator('[data-tier="1"]').click()
    page.locator("[data-do=submit]").click()
    page.wait_for_url("**/label/**")
    assert len(answers()[0]["tiers"][0]) == 4


def test_a_manager_sets_the_steps_and_tries_them(
    project: Project, open_page: OpenPage, watch: Any
) -> None:
    mona = make_member(project, "Mona", Role.MANAGER)
    page = open_page(mona, "/projects/kitchen/task-pages/?kind=combined")
    frame = page.frame_locator("iframe")
    frame.locator("[data-ready]").wait_for()

    page.locator("summary", has_text="Rating").click()
    label = page.locator("#set-rating-criteria-0-label")
    with page.expect_response(lambda answer: "/try/" in answer.url):
        label.fill("How good is it?")
    frame.locator("[data-ready]").wait_for()
    expect(frame.locator(".one-text:not([hidden]) .asked").first).to_contain_text("How good is it?")
    expect(label).to_be_focused()
    shot(page, "combined-editor")

    page.locator('[value="add.rating.criteria"]').press("Enter")
    expect(page.locator("#set-rating-criteria-12-label")).to_be_focused()
    watch.expected.append("422")  # the new one has no words
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#set-rating-criteria-12-label-error")).to_be_visible()
    page.locator('[value="remove.rating.criteria.12"]').click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Version 2 is in force.")).to_be_visible()

    stored = project.kind_settings.get(number=2).content
    assert stored["rating"]["criteria"][0]["label"] == "How good is it?"
    assert stored["steps"] == [{"kind": "rating"}, {"kind": "ranking"}]
