"""Times are the reader's: their browser says where they are."""

import re
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from core.zone import zone_named
from labeling.models import Annotation
from tests.browser import OpenPage
from tests.rounds.views.asking import signed_in
from tests.rounds.world import World, make_world
from web import home

ROOT = Path(__file__).resolve().parents[2]
OPENED = datetime(2026, 3, 1, 22, 30, tzinfo=UTC)
ROUNDS = "/projects/kitchen/rounds/"


def opened(world: World) -> None:
    """The round, at a moment that is the next day in the east."""
    type(world.round).objects.update(opened_at=OPENED)


@pytest.mark.parametrize(
    ("zone", "exact", "shown"),
    [
        ("", "2026-03-01T22:30:00+00:00", "1 Mar 2026, 22:30 UTC"),
        ("Asia/Kolkata", "2026-03-02T04:00:00+05:30", "2 Mar 2026, 04:00"),
        ("America/Lima", "2026-03-01T17:30:00-05:00", "1 Mar 2026, 17:30"),
    ],
)
def test_a_time_is_shown_in_the_readers_zone_or_says_utc(
    db: None, zone: str, exact: str, shown: str
) -> None:
    world = make_world()
    opened(world)
    client = signed_in(world.mona)
    client.cookies["zone"] = zone

    page = client.get(ROUNDS).content.decode()

    assert re.findall("<time .*?</time>", page) == [
        f'<time datetime="{exact}" title="{exact}">{shown}</time>'
    ]
    assert timezone.get_current_timezone_name() == "UTC"  # of the thread's next request


@pytest.mark.parametrize(
    "name",
    ["", "Mars/Base", "../etc/passwd", "/etc/passwd", "a\0b", "x" * 5000, "Europe", "\ud800"],
)
def test_a_zone_that_there_is_not_is_none(name: str) -> None:
    assert zone_named(name) is None


def test_today_begins_at_the_readers_midnight(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    world = make_world()
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 3, 2, 3, tzinfo=UTC))
    Annotation.objects.update(created_at=OPENED)
    counts = {}
    for zone in ("UTC", "Asia/Tokyo", "America/Lima"):
        with timezone.override(ZoneInfo(zone)):
            counts[zone] = home.overview_of(world.project).labels_today

    assert counts == {"UTC": 0, "Asia/Tokyo": 3, "America/Lima": 3}


def test_every_template_shows_times_in_this_one_way() -> None:
    other = re.compile(r"\|(date|time)\b|<time|\{% now ")
    found = {
        str(path.relative_to(ROOT)): other.findall(path.read_text("utf-8"))
        for folder in ("labeling", "platform")
        for path in (ROOT / folder).rglob("*.html")
    }

    assert len(found) > 50
    assert {path: words for path, words in found.items() if words} == {}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_browser_tells_its_zone(open_page: OpenPage) -> None:
    world = make_world()
    opened(world)
    page = open_page(world.mona, ROUNDS, timezone_id="Asia/Kathmandu")
    page.goto(ROUNDS)

    assert page.locator("time").inner_text() == "2 Mar 2026, 04:15"
    assert page.locator("time").get_attribute("title") == "2026-03-02T04:15:00+05:45"
