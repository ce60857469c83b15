"""Jobs, workers and the audit log by API."""

from io import BytesIO
from typing import Any

import pytest
from django.utils.dateparse import parse_datetime

from accounts.models import AuditEntry
from accounts.services import audit
from api.exports.filters import Filters
from api.exports.freezing import freeze
from core.release import own_release
from jobs import services as jobs
from jobs.models import Job
from labeling.import_jobs import How, send_import
from tests.api.caller import Caller
from tests.factories import make_user
from tests.rounds.world import World


def test_jobs_are_listed_for_site_admins(world: World) -> None:
    root = Caller(make_user("Root", is_superuser=True))
    run = world.runs["ppo"]
    Job.objects.filter(pk=run.job_id).update(state="failed", error_code="diverged", error="NaN.")

    found = root.get("/jobs", state="failed")["items"]

    (job,) = found
    assert parse_datetime(job.pop("created_at")) is not None
    assert job == {
        "id": run.job_id,
        "kind": "ppo",
        "state": "failed",
        "attempt": 1,
        "max_attempts": 3,
        "step": 3,
        "total_steps": 3,
        "eta_seconds": None,
        "phase": "",
        "worker": "",
        "error_code": "diverged",
        "error": "NaN.",
        "explanation": Job.objects.get(pk=run.job_id).explanation,
        "cancelling": False,
        "started_at": None,
        "finished_at": None,
    }
    everything = root.get("/jobs")["items"]
    assert [job["id"] for job in everything] == list(
        Job.objects.order_by("-pk").values_list("pk", flat=True)
    )


@pytest.mark.parametrize("kind", ["ppo", "import_file", "freeze_export"])
def test_a_job_of_another_project_is_not_there_for_a_token_of_one(world: World, kind: str) -> None:
    here: dict[str, Any] = {"project": world.project, "by": world.mona}
    if kind == "import_file":
        job = send_import(**here, file=BytesIO(b"{}"), name="a.jsonl", how=How()).job_id
    elif kind == "freeze_export":
        job = freeze(**here, dataset="prompts", encoding="jsonl", filters=Filters()).job_id
    else:
        job = world.runs["ppo"].job_id
    mona = Caller(world.mona, world.project)
    assert mona.get(f"/jobs/{job}")["kind"] == kind
    token = world.mona.api_tokens.get()
    token.project = world.project.pk
    token.save()
    assert mona.get(f"/jobs/{job}")["kind"] == kind
    token.project = world.project.pk + 1
    token.save()
    assert mona("get", f"/jobs/{job}").status_code == 404


def test_workers_are_listed_for_site_admins(db: None) -> None:
    jobs.report(name="gpu@one:1", queues=["gpu"], processes=4, shards=True)
    found = Caller(make_user("Root", is_superuser=True)).get("/workers")

    (worker,) = found["workers"]
    assert parse_datetime(worker.pop("seen_at")) is not None
    assert found == {
        "release": own_release(),
        "prepared": own_release(),
        "workers": [
            {
                "name": "gpu@one:1",
                "queues": ["gpu"],
                "release": own_release(),
                "processes": 4,
                "shards": True,
                "fits": True,
            }
        ],
    }


def test_the_audit_log_is_told_as_it_was_written(world: World, mona: Caller) -> None:
    AuditEntry.objects.all().delete()
    target = f"rounds.Round:{world.round.pk}"
    entry = audit(actor=world.mona, action="round.opened", target=target, details={"seed": 3})
    other = audit(actor=None, action="user.made_site_admin", target=f"accounts.User:{world.ada.pk}")
    root = Caller(make_user("Root", is_superuser=True))

    (told,) = mona.get("audit")["items"]
    assert parse_datetime(told.pop("created_at")) is not None
    assert told == {
        "id": entry.pk,
        "action": "round.opened",
        "target": target,
        "details": {"seed": 3},
        "person": world.mona.pk,
        "name": "Mona",
        "project": world.project.pk,
    }
    everything = root.get("/audit")["items"]
    assert [each["id"] for each in everything if each["action"] != "api_token.created"] == [
        other.pk,
        entry.pk,
    ]
    assert (
        root.get("/audit", action="round.opened", person=world.mona.pk)["items"][0]["id"]
        == entry.pk
    )
    assert root.get("/audit", until="2001-01-01")["items"] == []
    assert mona.get("audit", since="2001-01-01", action="round.closed")["items"] == []
    assert mona("get", "audit", data={"action": "\0"}).status_code == 422
