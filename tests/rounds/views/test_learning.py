"""What more labels would bring, on the page of the reward model and of the round."""

import re

import pytest
from django.utils import timezone

from rounds.models import LearningCurve
from tests.rounds.views.asking import signed_in
from tests.rounds.world import World

OUTLOOK = {
    "labels": 4000,
    "then": 5000,
    "accuracy": {"value": 0.741, "low": 0.71, "high": 0.77, "n": 8},
    "gain": {"value": 0.023, "low": 0.004, "high": 0.041, "n": 8},
    "line": [[500, 0.6], [1000, 0.65], [4000, 0.718], [5000, 0.741]],
}
POINTS = [
    {"labels": labels, "repeat": repeat, "accuracy": accuracy + repeat / 100}
    for repeat in range(2)
    for labels, accuracy in ((500, 0.6), (1000, 0.65), (2000, 0.69), (4000, 0.71))
]


@pytest.fixture
def pages(world: World) -> list[str]:
    """The reward model's and the round's."""
    version = world.runs["reward"].job.model_version
    return [f"/projects/kitchen/models/{version.pk}/", "/projects/kitchen/rounds/1/"]


def stored(world: World, **fields: object) -> LearningCurve:
    given = {"points": POINTS, "pairs": 212, "outlook": OUTLOOK, "computed_at": timezone.now()}
    return LearningCurve.objects.create(run=world.runs["reward"], **{**given, **fields})


def said(world: World, page: str) -> str:
    """The section in words."""
    html = signed_in(world.mona).get(page).content.decode()
    section = html.partition("What more labels would bring</h2>")[2].partition("</section>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", section)).strip()


def test_before_the_first_it_is_said_how_to_get_one(world: World, pages: list[str]) -> None:
    for page in pages:
        assert said(world, page).startswith("Not known yet. When you launch the training of the")
    assert "Not known" not in said(world, f"/projects/kitchen/models/{world.policy.pk}/")


def test_it_is_said_with_interval_and_what_is_behind_it(world: World, pages: list[str]) -> None:
    stored(world)

    for page in pages:
        words = said(world, page)
        assert words.startswith(
            "With 1,000 labels more than its 4,000 the reward model would order 74.1 % (71.0 % to "
            "77.0 %) of held-out pairs as people did: +2.3 percentage points (+0.4 to +4.1) "
            "against now. A power law through the accuracies of 8 reward models on growing shares "
            "of the labels, each on the same 212 held-out pairs"
        )
        assert "holds zero" not in words
        assert "twice" not in words
    assert "2,000 2 69.5 % 69.0 % 70.0 %" in said(world, pages[0])
    link = f'<a href="{pages[0]}">'
    html = signed_in(world.mona).get(pages[1]).content.decode()
    assert link in html.partition("What more labels would bring</h2>")[2].partition("</section>")[0]


def test_an_interval_that_holds_zero_and_too_few_labels_are_said(
    world: World, pages: list[str]
) -> None:
    gain = {"value": 0.01, "low": -0.002, "high": 0.03, "n": 8}
    stored(world, outlook={**OUTLOOK, "then": 8000, "gain": gain})

    words = said(world, pages[1])

    assert "+1.0 percentage points (−0.2 to +3.0)" in words
    assert "The interval holds zero" in words
    assert "no further than twice the labels" in words


def test_while_it_is_computed_and_where_it_cannot_be_told(world: World, pages: list[str]) -> None:
    row = stored(world, outlook={}, computed_at=None, points=POINTS[:4])
    assert said(world, pages[0]).startswith("Being computed: it takes about a minute.")

    LearningCurve.objects.filter(pk=row.pk).update(computed_at=timezone.now())

    assert said(world, pages[0]).startswith("It cannot be told: 4 reward models were measured")


def test_in_chinese(world: World, pages: list[str]) -> None:
    stored(world)
    client = signed_in(world.mona)
    client.cookies["django_language"] = "zh-hans"

    page = client.get(pages[0]).content.decode()

    assert "再多一些标注会带来什么" in page
