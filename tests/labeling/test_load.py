"""The benchmarks of labeling in small, over HTTP; nothing lost or double."""

import asyncio
import json
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from benchmarks import labeling_pages
from benchmarks.labeling_annotators import work
from benchmarks.labeling_load import run
from benchmarks.labeling_seed import add_annotators, make_project
from benchmarks.labeling_speed import check, keep, percentiles
from labeling.models import Annotation, Task


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_nothing_is_lost_or_double_under_load(live_server: Any) -> None:
    report = run(url=live_server.url, annotators=10, seconds=5, think=0.05)

    assert report.broken == []
    assert report.stored > 5
    assert report.acknowledged >= report.stored - report.counts.get("connection cut", 0)


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_the_benchmark_counts_what_was_acknowledged(live_server: Any) -> None:
    project = make_project(200)
    job = work(
        port=urlsplit(live_server.url).port or 0,
        slug=project.slug,
        sessions=add_annotators(project, 4),
        start=time.monotonic(),
        seconds=3,
    )

    observed = asyncio.run(job)

    keys = {pk: str(key) for pk, key in Annotation.objects.values_list("pk", "client_key")}
    assert observed.acknowledged == keys
    assert len(observed.submit_seconds) == len(keys) > 4
    assert percentiles(observed.submit_seconds)["p50"] > 0
    assert check(project, observed.acknowledged) == (0, 0)
    assert check(project, {0: "a key of an answer that is not there"}) == (0, 1)
    assert Task.objects.filter(state="done").count() >= 100


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_each_page_costs_the_same_number_of_queries_among_more_answers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Queries are counted at the first time; how long pages take is for the benchmark to say."""
    monkeypatch.setattr(labeling_pages, "TIMES", 1)
    few, many = (labeling_pages.measure(answers)["pages"] for answers in (2200, 4400))

    counts = {name: page["queries"] for name, page in many.items()}
    assert counts == {name: page["queries"] for name, page in few.items()}
    assert max(counts.values()) <= 20
    assert "| queue |" in labeling_pages.table({"2200": {"pages": few}})
    slow = {"ms": 301.0}
    assert labeling_pages.too_slow({"9": {"pages": {"queue": slow}}}) == [
        "9 answers, queue: 301.0 ms"
    ]


def test_what_was_not_measured_again_stays(tmp_path: Path) -> None:
    path = tmp_path / "results" / "labeling.json"
    keep(path, {"sizes": {"10": "old"}, "pages": {}}, on={"machine": "one"})
    keep(path, {"sizes": {}, "pages": {"20": "new"}}, on={"machine": "two"})

    assert json.loads(path.read_text()) == {
        "sizes": {"machine": "one", "found": {"10": "old"}},
        "pages": {"machine": "two", "found": {"20": "new"}},
    }
