"""Chromium for tests: `open_page(user)` is a signed-in page; what it logs fails the test."""

import os
import threading
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, Request, sync_playwright

from accounts.models import User
from scripts.browser import find

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Few processes are begun for a page, and none to spare: they are much of what a test costs.
    "--in-process-gpu",
    "--process-per-site",
    "--renderer-process-limit=1",
]
OpenPage = Callable[..., Page]
# Pages wait for seconds until they save a draft, try again or look anew: here for a fifth of that.
HURRY = """{
  const later = window.setTimeout;
  const isWait = (delay) => delay >= 1000 && delay <= 6000;
  window.setTimeout = (run, delay, ...given) =>
    later(run, isWait(delay) ? delay / 5 : delay, ...given);
}"""


@dataclass
class Watch:
    """What went wrong in the pages of a test. expected: parts of messages that it provokes."""

    troubles: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=lambda: ["/favicon.ico"])

    def follow(self, page: Page, *, origin: str) -> None:
        """Write down script errors, CSP violations, dialogs and requests to strangers."""

        def foreign(request: Request) -> None:
            if not request.url.startswith((origin, "data:", "blob:", "about:")):
                self.troubles.append(f"request to {request.url}")

        page.on("request", foreign)
        page.on("pageerror", lambda error: self.troubles.append(f"script: {error}"))
        page.on(
            "console",
            lambda line: (
                self.troubles.append(f"console: {line.text} {line.location['url']}")
                if line.type in {"error", "warning"}
                else None
            ),
        )

    def unexpected(self) -> list[str]:
        """The troubles that the test did not announce."""
        return [t for t in self.troubles if not any(part in t for part in self.expected)]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for a module, the one that `make test` has found or installed.

    Not for the session: while it lives, Playwright's event loop runs in this thread, and tests of
    async views could not run theirs.
    """
    program = find()
    assert program is not None, "there is no browser: `make browser` installs one"
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright's loop lives in this thread
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def watch() -> Watch:
    """The troubles of the test's pages; append to `expected` what the test provokes."""
    return Watch()


@pytest.fixture
def open_page(chromium: Browser, live_server: Any, watch: Watch) -> Iterator[OpenPage]:
    """`open_page(user, path="/", **context)`: a page of a new browser context, signed in as `user`.

    context: of Playwright's new_context, as viewport={"width": 360, "height": 740}, locale="zh-CN",
    color_scheme="dark". The test fails if a page logs an error.
    """
    contexts = []

    def open_(user: User | None, path: str = "/", **options: Any) -> Page:
        context = chromium.new_context(base_url=live_server.url, **options)
        context.set_default_timeout(30_000)
        context.add_init_script(HURRY)
        contexts.append(context)
        if user is not None:
            client = Client()
            client.force_login(user)
            cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value}
            context.add_cookies([{**cookie, "url": live_server.url}])  # type: ignore[list-item]
        page = context.new_page()
        watch.follow(page, origin=live_server.url)
        page.goto(path)
        return page

    yield open_
    for context in contexts:
        context.close()
    finish_requests(live_server.url)
    if troubles := watch.unexpected():
        pytest.fail("\n".join(troubles))


def finish_requests(url: str) -> None:
    """Wait until the server at `url` has answered all that closed pages had asked of it.

    A draft that is still being saved holds locks that the emptying of the tables after the test
    would wait for in another order: a deadlock, seen once on a busy machine.
    """
    # Connections are taken in order: when this one is answered, each earlier one has its thread.
    with urllib.request.urlopen(f"{url}/static/core/icon.svg") as answer:
        answer.read()
    for thread in threading.enumerate():
        if "process_request_thread" in thread.name:
            thread.join(timeout=20)
            assert not thread.is_alive(), f"{thread.name} still answers a closed page"
