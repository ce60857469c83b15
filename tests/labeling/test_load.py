"""The load benchmark in small: ten people, five seconds, over HTTP; nothing lost or double."""

from typing import Any

import pytest

from benchmarks.labeling_load import run


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_nothing_is_lost_or_double_under_load(live_server: Any) -> None:
    report = run(url=live_server.url, annotators=10, seconds=5, think=0.05)

    assert report.broken == []
    assert report.stored > 5
    assert report.acknowledged >= report.stored - report.counts.get("connection cut", 0)
