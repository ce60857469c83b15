"""Only so many processes write Parquet at once; who comes too late is told before the head."""

import gc

import pytest

from api.exports import parquet
from api.exports.limit import Limit
from core.errors import BusyError
from labeling.models import Role
from tests.api.kitchen import bearer
from tests.factories import make_member


def test_a_place_is_free_again_at_the_end_at_a_close_and_after_an_error():
    def broken():
        yield b"1"
        raise RuntimeError

    limit = Limit(1)
    assert list(limit.hold(iter([b"1", b"2"]))) == [b"1", b"2"]
    with pytest.raises(RuntimeError):
        list(limit.hold(broken()))
    limit.hold(broken()).close()

    held = limit.hold(iter([b"1"]))
    with pytest.raises(BusyError):
        limit.hold(iter([]))
    held.close()
    held.close()
    limit.hold(iter([]))


def test_a_place_that_nobody_asked_for_is_free_again():
    limit = Limit(1)
    limit.hold(iter([b"1"]))
    gc.collect()

    limit.hold(iter([b"1"]))


@pytest.mark.django_db
def test_one_export_too_many_is_told_to_come_again(client, kitchen, monkeypatch):
    monkeypatch.setattr(parquet, "PROCESSES", Limit(1))
    manager = make_member(kitchen, role=Role.MANAGER)
    headers = bearer(manager)
    path = "/api/v1/projects/kitchen/exports/rankings"
    first = client.get(f"{path}.parquet", headers=headers)
    assert first.status_code == 200

    refused = client.get(f"{path}.parquet", headers=headers)

    assert (refused.status_code, refused["Retry-After"]) == (503, "30")
    assert refused["Content-Type"] == "application/problem+json"
    assert refused.json()["type"] == "busy"
    assert client.get(f"{path}.jsonl", headers=headers).status_code == 200
    client.force_login(manager)
    page = client.get("/projects/kitchen/export/rankings.parquet")
    assert (page.status_code, page["Retry-After"]) == (503, "30")
    assert "Several Parquet files are being written" in page.content.decode()

    assert b"".join(first.streaming_content).endswith(b"PAR1")
    assert client.get(f"{path}.parquet", headers=headers).status_code == 200
