"""One whole round as its people live it: the real stack, a tiny model, a real browser."""

import re
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from embedded import spawn
from tests.browser import Watch
from tests.running_demo import Demo

# Far above what a quiet machine needs, for the tests may share theirs.
START_SECONDS, WRITE_SECONDS, TRAIN_SECONDS = 150, 180, 420
PROJECT = "/projects/kitchen-table"
RANKING = f"{PROJECT}/label/?kind=ranking"
SMALL = {
    "sft-epochs": 1,
    "reward-epochs": 1,
    "ppo-steps": 2,
    "ppo-batch_size": 4,
    "ppo-minibatch_size": 4,
    "ppo-micro_batch_size": 4,
    "ppo-max_new_tokens": 16,
    "evaluate-prompts": 6,
    "evaluate-max_new_tokens": 16,
}
NEXT = {"tasks_ranking": 4, "tasks_demonstration": 0, "tasks_correction": 0, "previous_share": 0.25}
LABELS = """
    SELECT kind, count(*), bool_or(is_simulated) FROM labeling_annotation GROUP BY 1 ORDER BY 1
"""
RANKED = """
    SELECT body->'tiers', body->'unacceptable', shown_order, (
        SELECT jsonb_object_agg(c.id, regexp_replace(trim(c.text), '\\s+', ' ', 'g'))
        FROM labeling_task_completions tc JOIN labeling_completion c ON c.id = tc.completion_id
        WHERE tc.task_id = a.task_id
    )
    FROM labeling_annotation a WHERE kind = 'ranking'
"""
WRITERS = """
    SELECT v.kind, v.number, count(*) FROM labeling_task t
    JOIN labeling_task_completions tc ON tc.task_id = t.id
    JOIN labeling_completion c ON c.id = tc.completion_id
    JOIN registry_modelversion v ON v.id = c.model_version_id
    WHERE t.round_number = 2 AND t.kind = 'ranking' GROUP BY 1, 2 ORDER BY 1, 2
"""


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    """The whole product on a port of its own, with a tiny base model."""
    demo = Demo(tmp_path / "var")
    try:
        yield demo
        assert demo.end(signal.SIGINT) == 0
        assert spawn.marked(tmp_path / "var") == []
    finally:
        spawn.end_marked(tmp_path / "var", grace=0)


@pytest.fixture
def sign_in(chromium: Browser, demo: Demo, watch: Watch) -> Iterator[Callable[[str], Page]]:
    """`sign_in(name)`: a page of the person, who came in by the printed link."""
    contexts = []
    links = {name: link for name, _, link in demo.links(seconds=START_SECONDS)}

    def open_(name: str) -> Page:
        origin = links[name].split("/sign-in/")[0]
        context = chromium.new_context(base_url=origin, viewport={"width": 1360, "height": 860})
        context.set_default_timeout(20_000)
        contexts.append(context)
        page = context.new_page()
        watch.follow(page, origin=origin)
        page.goto(links[name])
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(lambda url: "/sign-in/" not in url)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert watch.unexpected() == []


def wait_until(ready: Callable[[], bool], *, seconds: float) -> None:
    """Ask every half second."""
    deadline = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < deadline
        time.sleep(0.5)


def rank(page: Page) -> None:
    """Rank by keyboard alone: the first text best, the last unacceptable, those between tied."""
    page.goto(RANKING)
    page.wait_for_selector("[data-ready]")
    before = page.url
    letters = page.locator("[data-letter].token").evaluate_all(
        "all => all.map(e => e.dataset.letter)"
    )
    ranks = ["1", *["2"] * (len(letters) - 2), "0"]
    for letter, rank in zip(letters, ranks, strict=True):
        page.keyboard.press(letter.lower())
        page.keyboard.press(rank)
    page.keyboard.press("Control+Enter")
    page.wait_for_url(lambda url: url != before)


def ranked(shown: list[int], texts: dict[str, str]) -> list[list[int]]:
    """The tiers that `rank` makes: the tiny model writes a text twice, which is shown once."""
    same: dict[str, list[int]] = {}
    for pk in shown:
        same.setdefault(texts[str(pk)], []).append(pk)
    first, *between, last = same.values()
    tiers = [first, [pk for pks in between for pk in pks], last]
    return [sorted(tier) for tier in tiers if tier]


def demonstrate(page: Page, text: str) -> None:
    """Write a demonstration and submit it."""
    page.goto(f"{PROJECT}/label/?kind=demonstration")
    before = page.url
    page.get_by_role("textbox").fill(text)
    page.keyboard.press("Control+Enter")
    page.wait_for_url(lambda url: url != before)


def fill(page: Page, values: dict[str, float]) -> None:
    """Set number fields by name, folded ones too."""
    for fold in page.locator("main details > summary").all():
        if fold.is_visible():  # those of an optional stage are not, before it is chosen
            fold.click()
    for name, value in values.items():
        page.locator(f"[name='{name}']").fill(str(value))


@pytest.mark.slow
def test_a_round_from_ranking_in_the_browser_to_the_next_rounds_tasks(
    demo: Demo, sign_in: Callable[[str], Page]
) -> None:
    ada, admin = sign_in("Ada"), sign_in("Admin")

    # The annotator ranks what the base model wrote and writes demonstrations.
    wait_until(lambda: len(demo.ranked_completions()) >= 6, seconds=WRITE_SECONDS)
    ada.goto(f"{PROJECT}/guidelines/")
    for _ in range(6):
        rank(ada)
    for text in ("The snail reached the sea.", "Six minutes.", "At noon.", "Yes.", "A pear."):
        demonstrate(ada, text)
    assert demo.rows(LABELS) == [("demonstration", 5, False), ("ranking", 6, False)]
    for tiers, unacceptable, shown, texts in demo.rows(RANKED):
        assert [sorted(tier) for tier in (*tiers, unacceptable)] == ranked(shown, texts)

    # The manager launches the chain and watches PPO live, without loading the page again.
    admin.goto(f"{PROJECT}/rounds/1/launch/")
    fill(admin, SMALL)
    admin.get_by_role("button", name="Freeze the labels and launch").click()
    admin.wait_for_url(re.compile(r"/runs/\d+/"))
    admin.get_by_role("link", name=re.compile("^PPO")).first.click()
    admin.wait_for_url(re.compile(r"/runs/\d+/"))
    expect(admin.get_by_role("link", name="policy v1")).to_be_visible(timeout=TRAIN_SECONDS * 1000)
    evaluated = "SELECT count(*) FROM rounds_evaluation"
    wait_until(lambda: demo.rows(evaluated) == [(1,)], seconds=TRAIN_SECONDS)
    assert demo.rows("SELECT kind, number FROM registry_modelversion ORDER BY id") == [
        ("base", 1),
        ("sft", 1),
        ("reward", 1),
        ("policy", 1),
    ]

    # The evaluation shows before and after; the manager promotes and opens the next round.
    admin.goto(f"{PROJECT}/rounds/1/")
    admin.get_by_role("link", name="Compare and promote").click()
    expect(admin.get_by_role("heading", name="Is policy v1 better")).to_be_visible()
    admin.get_by_role("link", name="Promote policy v1").click()
    admin.get_by_label("Why it is promoted").fill("There is none before it.")
    admin.get_by_role("button", name="Promote").click()
    expect(admin.get_by_role("heading", name="Models")).to_be_visible()
    admin.goto(f"{PROJECT}/rounds/")
    fill(admin, NEXT)
    admin.get_by_role("button", name="Open round 2").click()
    admin.wait_for_url(re.compile(r"/rounds/2/"))

    # The annotator finds the new policy's completions, and a quarter from the model before it.
    wait_until(lambda: sum(row[2] for row in demo.rows(WRITERS)) == 16, seconds=WRITE_SECONDS)
    assert demo.rows(WRITERS) == [("base", 1, 4), ("policy", 1, 12)]
    in_round_2 = (
        "SELECT count(*) FROM labeling_annotation a JOIN labeling_task t ON t.id = a.task_id"
        " WHERE t.round_number = 2"
    )
    for _ in range(40):
        rank(ada)
        if demo.rows(in_round_2) != [(0,)]:
            return
    pytest.fail("no ranking task of round 2 was offered")
