"""Random sequences of what can go wrong while somebody works: nothing is lost, nothing is doubled.

RONDO_SEQUENCES=200 runs so many of them over all kinds in turn; by default one for each kind.
"""

import contextlib
import os
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import BrowserContext, Error, Page, expect

from accounts.models import Session, User
from labeling.kinds import kinds
from labeling.models import Annotation, Assignment, Project
from tests.factories import make_task
from tests.labeling.answers import body_for
from tests.labeling.browser.opening import OpenPage, start

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

SEQUENCES = int(os.environ.get("RONDO_SEQUENCES", len(kinds())))
STEPS = 5  # disturbances of one sequence
PATIENCE = 30_000  # ms; a page tries again every five seconds, and the machine is busy
WRITTEN = "JSON.stringify(document.querySelector('labeling-page').written)"
WORDS = ["six", "minutes", "or", "so", "半熟", "é", "🥚", "and", "salt"]


@dataclass
class Desk:
    """One person at work, and what they have written beside the answer so far."""

    context: BrowserContext
    page: Page
    user: User
    url: str
    rng: random.Random
    server: str
    comment: str = ""

    def write(self) -> None:
        """Some keys for the form, and a word into the comment, which all kinds have."""
        self.page.keyboard.press("Escape")
        keys = "ab" if self.page.locator("#at-once").count() else "1234567"  # one is the answer
        for _ in range(self.rng.randint(0, 2)):
            self.page.keyboard.press(self.rng.choice(keys))
        self.page.evaluate("document.querySelector('labeling-page').act('remark')")
        field = self.page.get_by_label("Comment (optional)")
        word = self.rng.choice(WORDS) + str(self.rng.randint(0, 99)) + " "
        field.press("Control+End")
        field.press_sequentially(word, delay=self.rng.choice([0, 0, 5]))
        self.comment += word
        self.page.keyboard.press("Escape")
        self.page.wait_for_timeout(self.rng.choice([0, 0, 40, 320, 500]))

    def written(self) -> str:
        """What the page holds, as its draft says it."""
        return str(self.page.evaluate(WRITTEN))

    def open(self) -> None:
        """The page of the task, in this tab."""
        self.page.goto(self.url)
        self.page.wait_for_selector("[data-ready]")

    def settle(self) -> None:
        """Where two versions are shown, this one goes on; until it is saved."""
        mine = self.page.get_by_role("button", name="Keep what is here")
        if mine.is_visible():
            mine.click()
        expect(self.page.locator("[data-role=saved]")).to_have_attribute(
            "data-state", "saved", timeout=PATIENCE
        )

    @contextlib.contextmanager
    def offline(self) -> Iterator[None]:
        """Without a network."""
        self.context.set_offline(True)
        yield
        self.context.set_offline(False)

    @contextlib.contextmanager
    def killed(self) -> Iterator[None]:
        """The server takes no connection."""
        self.context.route("**/*", lambda route: route.abort("connectionrefused"))
        yield
        self.context.unroute("**/*")

    @contextlib.contextmanager
    def expired(self) -> Iterator[None]:
        """Signed out, and signed in again in another tab."""
        Session.objects.all().delete()
        yield
        client = Client()
        client.force_login(self.user)
        cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value}
        self.context.add_cookies([{**cookie, "url": self.server}])

    @contextlib.contextmanager
    def quiet(self) -> Iterator[None]:
        """Nothing is wrong."""
        yield

    def reload(self) -> None:
        """Which may fail while something is wrong."""
        with contextlib.suppress(Error):
            self.page.reload()

    def close(self) -> None:
        """Close the tab; another one is opened afterwards."""
        self.page.close()
        self.page = self.context.new_page()

    def second(self) -> None:
        """Another tab beside this one, in which the person goes on."""
        before, self.page = self.page, self.context.new_page()
        with contextlib.suppress(Error):
            self.page.goto(self.url)
        before.close()

    def stay(self) -> None:
        """Leave everything as it is."""


def disturb(desk: Desk) -> None:
    """Write, let something go wrong, write on where one can, do something about it."""
    trouble = desk.rng.choice([desk.quiet, desk.offline, desk.killed, desk.expired])
    act = desk.rng.choice([desk.stay, desk.reload, desk.close, desk.second])
    desk.write()
    with trouble():
        desk.write()
        before = desk.written()
        act()
    if act != desk.stay:
        desk.open()
    assert desk.written() == before, (trouble.__name__, act.__name__)
    desk.settle()
    assert desk.written() == before, (trouble.__name__, act.__name__)


def two_tabs(desk: Desk) -> None:
    """Both tabs are written in; the person takes the version of the other one."""
    desk.write()
    desk.settle()
    first = desk.page
    desk.page = desk.context.new_page()
    desk.open()
    desk.write()
    expect(desk.page.locator("[data-role=saved]")).to_have_attribute(
        "data-state", "saved", timeout=PATIENCE
    )
    theirs, comment, second = desk.written(), desk.comment, desk.page
    desk.page = first
    desk.write()
    first.get_by_role("button", name="Use the other version").click(timeout=PATIENCE)
    assert desk.written() == theirs
    desk.comment = comment
    second.close()


def submit(desk: Desk, body: dict[str, Any]) -> None:
    """Complete the answer and send it, perhaps while something is wrong."""
    text = "([body]) => document.querySelector('[data-form]').restore(body)"
    desk.page.evaluate(text, [body])
    trouble = desk.rng.choice([desk.quiet, desk.offline, desk.killed])
    with trouble():
        desk.page.keyboard.press("Escape")
        for _ in range(2):  # a second time where the form asks once more
            desk.page.keyboard.press("Control+Enter")
            desk.page.wait_for_timeout(desk.rng.choice([0, 60]))
    desk.page.wait_for_url(lambda url: url.split("?")[0] != desk.url, timeout=PATIENCE)


@pytest.mark.parametrize("number", range(SEQUENCES))
def test_no_character_is_lost_and_no_answer_is_doubled(
    project: Project, ada: User, open_page: OpenPage, live_server: Any, watch: Any, number: int
) -> None:
    watch.expected += ["ERR_", "401", "403", "409"]
    kind = list(kinds())[number % len(kinds())]
    for _ in range(2):
        make_task(project, kind)
    page = start(open_page, ada)
    page.context.set_default_timeout(PATIENCE)
    desk = Desk(page.context, page, ada, page.url, random.Random(number), live_server.url)

    for _ in range(STEPS):
        desk.rng.choice([disturb, disturb, disturb, two_tabs])(desk)
    found = Assignment.objects.get(state="active")
    submit(desk, body_for(found))

    answer = Annotation.objects.get()
    assert answer.assignment == found
    assert answer.comment == desk.comment.strip()
    assert Assignment.objects.filter(annotator=ada).count() == 2
