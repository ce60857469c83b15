"""What looks live is live: other runs of the chain, the labels and the jobs of a round."""

import pytest
from playwright.sync_api import expect

from jobs.models import Job
from rounds.models import Round
from tests.browser import OpenPage
from tests.factories import make_annotation, make_prompt, make_task
from tests.rounds.world import make_run, make_world

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_the_strip_of_a_run_page_follows_the_other_runs(asgi_url: str, open_page: OpenPage) -> None:
    world = make_world()
    run = make_run(world.round, "ppo", state="queued")
    page = open_page(world.mona, f"{asgi_url}/runs/{world.runs['sft'].pk}/")
    strip = page.get_by_role("navigation", name="Runs of this round")
    other = strip.locator(f'[href="/runs/{run.pk}/"]')
    expect(other).to_contain_text("Queued")
    other.focus()

    Job.objects.filter(pk=run.job_id).update(state="cancelled")

    expect(other).to_contain_text("Cancelled")
    expect(other).to_be_focused()
    expect(page.locator("[hx-trigger]")).to_have_count(0)  # nothing more can change


def test_what_is_read_or_focused_stays_when_a_round_page_is_renewed(
    asgi_url: str, open_page: OpenPage
) -> None:
    world = make_world()
    Round.objects.update(state=Round.State.COLLECTING)
    long = make_prompt(world.project, "How do I boil an egg? " * 20)
    run = make_run(world.round, "generate")
    Job.objects.filter(pk=run.job_id).update(result={"dropped": {"too_long": [long.pk]}})
    waiting = make_run(world.round, "generate", state="queued")
    page = open_page(world.mona, f"{asgi_url}/projects/kitchen/rounds/1/")

    def wait_for_news(state: str, word: str) -> None:
        Job.objects.filter(pk=waiting.job_id).update(state=state)
        row = page.get_by_role("row", name=f"#{waiting.pk}")
        expect(row).to_contain_text(word, timeout=20_000)

    page.locator("#left-out summary").click()
    wait_for_news("waiting", "Waiting")
    expect(page.locator("#left-out details")).to_have_attribute("open", "")
    expect(page.locator("#left-out summary")).to_be_focused()
    link = page.get_by_role("link", name="Label one yourself")
    link.focus()
    wait_for_news("cancelled", "Cancelled")
    expect(link).to_be_focused()


def test_a_round_page_follows_labels_and_jobs(asgi_url: str, open_page: OpenPage) -> None:
    world = make_world()
    Round.objects.update(state=Round.State.COLLECTING, pending={"ranking": {"1": 4}})
    run = make_run(world.round, "generate", state="queued")
    page = open_page(world.mona, f"{asgi_url}/projects/kitchen/rounds/1/")
    page.get_by_text("Ask for more in this round").click()
    page.get_by_label("Rankings").fill("7")
    expect(page.get_by_role("row", name=f"#{run.pk}")).to_contain_text("Queued")

    for kind in ("demonstration", "demonstration"):
        make_annotation(make_task(world.project, kind, round_number=1))
    Job.objects.filter(pk=run.job_id).update(state="cancelled")

    expect(page.get_by_role("row", name=f"#{run.pk}")).to_contain_text("Cancelled")
    expect(page.get_by_role("row", name="Demonstration 3 3")).to_be_visible()
    expect(page.locator(".box.cancelled")).to_contain_text("completions are missing")
    expect(page.get_by_label("Rankings")).to_have_value("7")
