"""Learning curves: stored with the run, fitted beside the workers, read by pages."""

from dataclasses import asdict
from itertools import pairwise
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from measures.learning_curve import learn, outlook
from quality import child
from quality.child import Child
from rounds.learning.drawing import spaced
from rounds.learning.due import due
from rounds.learning.refreshing import refresh
from rounds.learning.showing import Share, learning_of, newest_of
from rounds.models import LearningCurve
from tests.rounds.world import World, make_run, make_world

ROOT = Path(__file__).resolve().parents[3]


def curve(world: World, *, labels: int = 800, gain: float = 0.3, **fields: object) -> LearningCurve:
    """Of the world's reward model: 8 points near 0.85 - gain * n^-0.5, scaled to 100 labels."""
    points = [
        {
            "labels": labels // part,
            "repeat": repeat,
            "accuracy": 0.85 - gain * (labels / part / 100) ** -0.5 + 0.002 * (2 * repeat - 1),
        }
        for repeat in range(2)
        for part in (8, 4, 2, 1)
    ]
    given = {"run": world.runs["reward"], "points": points, "pairs": 212}
    return LearningCurve.objects.create(**{**given, **fields})


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def test_a_new_curve_is_due_until_it_is_fitted(world: World) -> None:
    assert due() == []
    row = curve(world)
    assert due() == [world.project.pk]

    refresh(world.project.pk)

    assert due() == []
    row.refresh_from_db()
    fitted = learn([(point["labels"], point["accuracy"]) for point in row.points])
    assert fitted is not None
    ahead = outlook(fitted, more=1000)
    assert (row.outlook["labels"], row.outlook["then"]) == (800, 1600)  # no further than twice
    assert row.outlook["accuracy"] == asdict(ahead.accuracy)
    assert row.outlook["gain"] == asdict(ahead.gain)
    ends = [row.outlook["line"][0][0], row.outlook["line"][-1]]
    assert ends == [100, [pytest.approx(1600), pytest.approx(ahead.accuracy.value)]]


def test_it_looks_a_thousand_labels_ahead_where_there_are_as_many(world: World) -> None:
    row = curve(world, labels=4000)

    refresh(world.project.pk)

    row.refresh_from_db()
    assert (row.outlook["labels"], row.outlook["then"]) == (4000, 5000)


def test_few_points_give_no_outlook_and_are_not_tried_again(world: World) -> None:
    points = [{"labels": n, "repeat": 0, "accuracy": 0.6} for n in (5, 10, 20, 40)]
    row = curve(world, points=points)

    refresh(world.project.pk)

    row.refresh_from_db()
    assert row.outlook == {}
    assert due() == []


def test_a_page_gets_shares_and_a_picture(world: World) -> None:
    run = world.runs["reward"]
    assert learning_of(run) is None
    assert learning_of(None) is None
    row = curve(world)
    waiting = learning_of(run)
    assert waiting is not None
    assert (waiting.outlook, waiting.drawing) == ({}, None)
    refresh(world.project.pk)

    shown = learning_of(run)

    assert shown is not None
    assert (shown.more, shown.is_doubled, shown.may_be_nothing) == (800, True, False)
    accuracies = [p["accuracy"] for p in row.points if p["labels"] == 400]
    assert shown.shares[2] == Share(
        labels=400,
        models=2,
        mean=pytest.approx(sum(accuracies) / 2),
        lowest=min(accuracies),
        highest=max(accuracies),
    )
    picture = shown.drawing
    assert picture is not None
    assert [n for _x, n in picture.columns] == [100, 200, 400, 800, 1600]
    assert spaced([10, 17, 19, 35, 37, 74, 148], now=74) == [10, 17, 35, 74, 148]
    assert spaced([10, 70, 74], now=74) == [10, 74]
    places = [float(x) for x, _n in picture.columns]
    steps = [b - a for a, b in pairwise(places)]
    assert steps == pytest.approx([120] * 4)  # each share is twice the one before
    assert (picture.now, picture.end["x"]) == (picture.columns[3][0], picture.columns[4][0])
    assert float(picture.end["high"]) < float(picture.end["y"]) < float(picture.end["low"])


def test_the_newest_curve_of_the_project_is_its_rounds(world: World) -> None:
    assert newest_of(world.project) is None
    curve(world)
    newer = curve(world, run=make_run(world.round, "reward"), labels=1600)

    shown = newest_of(world.project)

    assert shown is not None
    assert shown.curve == newer


@pytest.mark.django_db(transaction=True)
def test_curves_are_fitted_in_a_process_of_its_own(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = curve(make_world())
    database = f"{postgres_url.rsplit('/', 1)[0]}/{connection.settings_dict['NAME']}"
    monkeypatch.setitem(child.ENV, "DATABASE_URL", database)
    monkeypatch.setitem(child.ENV, "PYTHONPATH", f"{ROOT}:{ROOT / 'platform'}")
    curves = Child("rounds.learning", due)

    curves.look()
    process = curves._process

    assert process is not None
    assert process.wait(timeout=120) == 0
    row.refresh_from_db()
    assert row.outlook["then"] == 1600
    assert row.computed_at is not None
    assert row.computed_at < timezone.now()
