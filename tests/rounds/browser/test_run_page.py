"""The run page in a real browser, against the web server's application."""

import pytest
from django.db import connection
from playwright.sync_api import Route, expect

from accounts.models import Session
from jobs.models import Job, JobEvent
from rounds.models import Run
from rounds.views import rounds as round_views
from tests.browser import OpenPage, Watch
from tests.factories import make_prompt
from tests.rounds.world import World, make_run, make_world

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world(transactional_db: None) -> World:
    return make_world()


@pytest.fixture
def run(world: World) -> Run:
    """A PPO run that a worker has."""
    run = make_run(world.round, "ppo", state="queued")
    from django.utils import timezone

    Job.objects.filter(pk=run.job_id).update(
        state="running", lease_until=timezone.now(), lease_owner="gpu-1", total_steps=10
    )
    tell(run, "state", {"state": "running", "attempt": 1, "reason": ""})
    tell(run, "metric", {"step": 1, "values": {"score": 0.25, "kl": 0.5, "odd": None}})
    tell(run, "log", {"level": "info", "text": "first line"})
    return run


def tell(run: Run, kind: str, data: dict[str, object]) -> None:
    """What a worker would store."""
    JobEvent.objects.create(job=run.job, epoch=1, kind=kind, data=data)


def test_a_run_is_followed_live_and_survives_a_reload(
    world: World, run: Run, asgi_url: str, open_page: OpenPage
) -> None:
    page = open_page(world.mona, f"{asgi_url}/runs/{run.pk}/")
    reward = page.locator('[data-metric="score"] .now')
    expect(reward).to_have_text("0.25")
    expect(page.locator("[data-live]")).to_have_text("Live")

    tell(run, "metric", {"step": 2, "values": {"score": 0.75, "kl": 60.0, "odd": 1.0}})
    tell(run, "progress", {"step": 2, "total": 10, "eta_seconds": 200.0, "phase": "ppo"})
    sample = {"prompt_id": 1, "prompt": "How?", "text": "<b>So.</b>", "reward": 0.5}
    tell(run, "sample", {"step": 2, "samples": [sample]})
    tell(run, "log", {"level": "warning", "text": "second line"})

    expect(reward).to_have_text("0.75")
    expect(page.locator("[data-step]")).to_have_text("2")
    expect(page.locator("[data-eta]")).to_have_text("3 min")
    expect(page.locator('[data-metric="kl"] .now')).to_have_class("now outside")
    page.get_by_role("tab", name="Samples").click()
    expect(page.locator(".sample .verbatim").nth(1)).to_have_text("<b>So.</b>")
    page.get_by_role("tab", name="Samples").press("ArrowRight")
    lines = page.locator(".log li.info, .log li.warning")
    expect(lines).to_contain_text(["first line", "second line"])

    page.reload()
    expect(page.get_by_role("tab", name="Log")).to_have_attribute("aria-selected", "true")
    expect(lines).to_contain_text(["first line", "second line"])
    page.get_by_label("Search the log").fill("second")
    expect(page.locator(".log li:visible")).to_have_count(1)


def test_samples_of_a_prompt_with_a_content_warning_are_shown_to_who_asks(
    world: World, run: Run, asgi_url: str, open_page: OpenPage
) -> None:
    warned = make_prompt(world.project, "A scene of blood.", content_warning="reported")
    for step in (1, 2):
        samples = [
            {"prompt_id": pk, "prompt": "How?", "text": f"{pk} at {step}", "reward": None}
            for pk in (warned.pk, 0)
        ]
        tell(run, "sample", {"step": step, "samples": samples})
    page = open_page(world.mona, f"{asgi_url}/runs/{run.pk}/")
    page.get_by_role("tab", name="Samples").click()

    texts = page.locator(".sample .step .verbatim:visible")
    expect(texts).to_have_text(["0 at 1", "0 at 2"])
    page.get_by_text("Content warning: show the texts").press("Enter")
    expect(texts).to_have_text([f"{warned.pk} at 1", f"{warned.pk} at 2", "0 at 1", "0 at 2"])
    tell(run, "sample", {"step": 3, "samples": [samples[0] | {"text": "later"}]})
    expect(texts.nth(2)).to_have_text("later")


def test_the_log_that_the_address_names_is_shown_alone(
    world: World, run: Run, asgi_url: str, open_page: OpenPage
) -> None:
    page = open_page(world.mona, f"{asgi_url}/runs/{run.pk}/#log")

    expect(page.locator(".log")).to_contain_text("first line")
    expect(page.locator("[role=tabpanel]:visible")).to_have_count(1)


def test_the_log_is_shown_to_its_end(
    world: World, run: Run, asgi_url: str, open_page: OpenPage
) -> None:
    for n in range(60):
        tell(run, "log", {"level": "info", "text": f"line {n} " + "of many words " * 40})
    page = open_page(world.mona, f"{asgi_url}/runs/{run.pk}/")
    log = page.locator(".log")
    expect(log).to_contain_text("line 59")

    page.get_by_role("tab", name="Log").click()

    page.evaluate("new Promise((done) => setTimeout(done, 200))")
    assert log.evaluate("el => el.scrollHeight - el.clientHeight - el.scrollTop") <= 1


def test_a_run_that_has_ended_has_no_time_left(
    world: World, run: Run, asgi_url: str, open_page: OpenPage
) -> None:
    tell(run, "progress", {"step": 2, "total": 10, "eta_seconds": 200.0, "phase": "ppo"})
    Job.objects.filter(pk=run.job_id).update(state="failed", lease_until=None, step=2)

    page = open_page(world.mona, f"{asgi_url}/runs/{run.pk}/")

    expect(page.locator("[data-live]")).to_have_text("Ended")
    expect(page.locator("[data-step]")).to_have_text("2")
    assert page.locator("[data-phase], [data-eta]").all_text_contents() == ["–", "–"]


def test_the_head_changes_when_the_run_ends(
    world: World, run: Run, asgi_url: str, open_page: OpenPage
) -> None:
    page = open_page(world.mona, f"{asgi_url}/runs/{run.pk}/")
    expect(page.get_by_role("button", name="Cancel")).to_be_visible()
    expect(page.locator("[data-live]")).to_have_text("Live")

    Job.objects.filter(pk=run.job_id).update(
        state="failed", error_code="diverged", error="KL of 80 nats", lease_until=None
    )
    tell(run, "state", {"state": "failed", "attempt": 1, "reason": "KL of 80 nats"})

    expect(page.get_by_role("button", name="Retry")).to_be_visible()
    expect(page.get_by_role("alert")).to_contain_text("Training diverged")
    expect(page.locator("[data-live]")).to_have_text("Ended")


def test_what_an_ended_run_told_on_its_way_does_not_change_its_head(
    world: World, run: Run, asgi_url: str, open_page: OpenPage
) -> None:
    tell(run, "progress", {"step": 1, "total": 2, "eta_seconds": 9.0, "phase": "measure"})
    tell(run, "log", {"level": "info", "text": "last line"})
    Job.objects.filter(pk=run.job_id).update(
        state="succeeded", lease_until=None, step=10, total_steps=10, phase="measure"
    )

    page = open_page(world.mona, f"{asgi_url}/runs/{run.pk}/")
    expect(page.locator(".log")).to_contain_text("last line")

    told = [page.locator(f"[data-{name}]").text_content() for name in ("step", "phase", "eta")]
    assert told == ["10", "–", "–"]


def test_the_head_follows_what_happened_while_the_page_was_on_its_way(
    world: World, run: Run, asgi_url: str, open_page: OpenPage
) -> None:
    page = open_page(world.mona, f"{asgi_url}/profile/")

    def fail_first(route: Route) -> None:
        Job.objects.filter(pk=run.job_id).update(state="failed", lease_until=None)
        tell(run, "state", {"state": "failed", "attempt": 1, "reason": ""})
        connection.close()  # handlers have one of their own
        route.continue_()

    page.route("**/events.json*", fail_first, times=1)
    page.goto(f"{asgi_url}/runs/{run.pk}/")

    expect(page.get_by_role("button", name="Retry")).to_be_visible()
    expect(page.locator("[data-live]")).to_have_text("Ended")


@pytest.mark.parametrize("at_first", [True, False])
def test_a_run_page_says_that_one_is_signed_out(
    world: World, run: Run, asgi_url: str, open_page: OpenPage, watch: Watch, at_first: bool
) -> None:
    watch.expected.append("401")
    page = open_page(world.mona, f"{asgi_url}/profile/")

    def sign_out_first(route: Route) -> None:
        Session.objects.all().delete()
        connection.close()
        route.continue_()

    if at_first:
        page.route("**/events.json*", sign_out_first, times=1)
    page.goto(f"{asgi_url}/runs/{run.pk}/")
    live = page.locator("[data-live]")
    if not at_first:
        expect(live).to_have_text("Live")
        Session.objects.all().delete()
        tell(run, "state", {"state": "running", "attempt": 2, "reason": ""})

    expect(live).to_have_text("Signed out: sign in")
    expect(page.get_by_role("button", name="Cancel")).to_be_visible()
    live.get_by_role("link").click()
    expect(page).to_have_url(f"{asgi_url}/accounts/login/?next=/runs/{run.pk}/")


def test_the_loop_outlives_an_error_and_says_that_one_is_signed_out(
    world: World,
    run: Run,
    asgi_url: str,
    open_page: OpenPage,
    watch: Watch,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    watch.expected += ["500", "401"]
    page = open_page(world.mona, f"{asgi_url}/projects/kitchen/rounds/1/")
    loop = page.locator("#loop")
    polled = "**/rounds/1/?part=standing"
    with page.expect_response(polled) as fine:
        expect(loop).to_contain_text("Where round 1 stands")
    assert fine.value.status == 200

    with monkeypatch.context() as broken, page.expect_response(polled) as answer:
        broken.delattr(round_views, "loop_of")
    assert answer.value.status == 500
    with page.expect_response(polled) as again:
        expect(loop).to_contain_text("Where round 1 stands")
    assert again.value.status == 200

    Session.objects.all().delete()
    expect(page.get_by_role("alert")).to_contain_text("You are signed out.")
    expect(page.get_by_role("link", name="Sign in")).to_have_attribute(
        "href", "/accounts/login/?next=/projects/kitchen/rounds/1/"
    )


def test_the_preflight_follows_the_stages_that_are_ticked(
    world: World, asgi_url: str, open_page: OpenPage
) -> None:
    page = open_page(world.mona, f"{asgi_url}/projects/kitchen/rounds/1/launch/")
    preflight = page.locator("#preflight")
    expect(preflight.locator("h3").first).to_contain_text("Reward model")

    page.get_by_role("checkbox", name="SFT").check()

    expect(preflight.locator("h3").first).to_contain_text("SFT")
    expect(page.locator("#id_sft-epochs")).to_be_visible()
