"""The pages: added with its secret shown once, changed, tried, replayed, removed; the log."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.webhooks.made import URL, make_webhook
from webhooks import endpoints, secrets
from webhooks.models import Attempt, Delivery, Endpoint

pytestmark = pytest.mark.django_db
PAGE = "/projects/kitchen/webhooks/"


@pytest.fixture
def browser(mona) -> Client:
    client = Client()
    client.force_login(mona)
    return client


def plain(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_one_is_added_and_its_secret_is_shown_this_once(browser):
    assert "No webhook yet" in plain(browser.get(PAGE))

    made = browser.post(PAGE, {"url": URL, "events": ["run.ended"]})

    endpoint = Endpoint.objects.get()
    secret = secrets.secret_of(endpoint.seed)
    assert (endpoint.url, endpoint.events) == (URL, ["run.ended"])
    assert secret in made.content.decode()
    assert made.headers["Cache-Control"].startswith("max-age=0, no-cache, no-store")
    after = browser.get(PAGE).content.decode()
    assert URL in after
    assert secret not in after
    assert "Webhooks" in plain(browser.get("/projects/kitchen/settings/"))


@pytest.mark.parametrize(
    ("sent", "what"),
    [
        ({"url": "https://127.0.0.1/", "events": ["run.ended"]}, "Nothing is sent to this address"),
        ({"url": URL}, "Choose at least one of the events."),
        ({"url": URL, "events": ["bread.baked"]}, "bread.baked"),
    ],
)
def test_what_cannot_be_says_why_and_loses_nothing(browser, sent, what):
    answer = browser.post(PAGE, sent)

    assert answer.status_code == 422
    assert what in plain(answer)
    assert f'value="{sent["url"]}"' in answer.content.decode()
    assert not Endpoint.objects.exists()


def test_one_is_changed_switched_off_and_removed(browser, project, mona):
    hook = make_webhook(project, mona)
    page = f"{PAGE}{hook.pk}/"
    elsewhere = f"{URL}/2"

    browser.post(page, {"url": elsewhere, "events": ["model.promoted"]})
    hook.refresh_from_db()
    assert (hook.url, hook.events, hook.off) == (elsewhere, ["model.promoted"], "asked")
    assert "Switched off" in plain(browser.get(PAGE))
    refused = browser.post(page, {"url": "ftp://x", "events": ["run.ended"], "is_on": "on"})
    assert refused.status_code == 422
    assert "begins with https" in plain(refused)

    gone = browser.post(f"{page}remove/", follow=True)
    assert "The webhook is removed." in plain(gone)
    assert not Endpoint.objects.exists()


def test_the_log_says_what_came_of_each_try(browser, project, mona):
    hook = make_webhook(project, mona)

    page = browser.get(f"{PAGE}{hook.pk}/")

    text = plain(page)
    assert text.count("HTTP 500 31 ms") == 2
    assert text.count("It took too long 10000 ms") == 2
    assert "Oh &lt;b&gt;no&lt;/b&gt;" in page.content.decode()
    assert "webhook.test" in text


def test_a_new_secret_is_shown_once_and_a_test_is_noted(browser, project, mona):
    hook = make_webhook(project, mona)
    before = secrets.secret_of(hook.seed)

    shown = browser.post(f"{PAGE}{hook.pk}/rotate/").content.decode()
    tried = browser.post(f"{PAGE}{hook.pk}/test/", follow=True)

    hook.refresh_from_db()
    assert secrets.secret_of(hook.seed) in shown
    assert before not in shown
    assert hook.old_until is not None
    assert "A test message is on its way" in plain(tried)
    assert hook.deliveries.count() == 3


def test_messages_are_sent_again_one_or_all_that_failed(browser, project, mona):
    hook = make_webhook(project, mona)
    failed, waiting = hook.deliveries.order_by("pk")
    page = f"{PAGE}{hook.pk}/replay/"

    all_of_them = browser.post(page, {"hours": "24"}, follow=True)
    failed.refresh_from_db()
    assert "1 message is sent again." in plain(all_of_them)
    assert (failed.state, failed.tries) == ("waiting", 0)

    Delivery.objects.filter(pk=waiting.pk).update(state="delivered")
    browser.post(page, {"delivery": waiting.pk})
    waiting.refresh_from_db()
    assert waiting.state == "waiting"
    assert browser.post(page, {"hours": "5"}).status_code == 422
    endpoints.change(endpoint=hook, url=URL, events=hook.events, is_on=False, by=mona)
    assert "Switch it on first" in plain(browser.post(page, {"hours": "24"}, follow=True))


def test_the_log_costs_the_same_however_long_it_is(browser, project, mona):
    hook = make_webhook(project, mona)
    page = f"{PAGE}{hook.pk}/"

    def statements() -> int:
        with CaptureQueriesContext(connection) as asked:
            browser.get(page)
        return len(asked)

    first = statements()
    for _ in range(60):
        Attempt.objects.create(delivery=endpoints.test(endpoint=hook), status=1, milliseconds=1)

    assert statements() == first
    older = re.search(r'href="(\?before=\d+)"', browser.get(page).content.decode())
    assert older
    assert "It took too long" in plain(browser.get(f"{page}{older[1]}"))


def test_pages_are_in_chinese(browser, project, mona):
    hook = make_webhook(project, mona)
    mona.language = "zh-hans"
    mona.save()

    assert "网络钩子" in plain(browser.get(PAGE))
    assert "等待" in plain(browser.get(f"{PAGE}{hook.pk}/"))
