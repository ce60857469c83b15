"""What an earlier version had begun to train goes on after the upgrade, and so does the loop."""

import pytest
from django.test import Client

from accounts.models import User
from jobs.models import Job, JobEvent
from labeling.kinds import kinds
from rounds.models import Round, Run
from tests.upgrade.conftest import Then
from workers import runner

WHY = {"reason": "The answers are shorter."}
NEXT = {
    **{f"tasks_{kind}": "0" for kind in kinds()},
    **{f"completions_{name}": "4" for name, kind in kinds().items() if kind.completions.is_chosen},
    "tasks_ranking": "2",
    "tasks_demonstration": "1",
    "tasks_correction": "1",
    "previous_share": "0.25",
    "temperature": "1",
    "max_new_tokens": "12",
}


def work_on(run: Run) -> Job:
    """What a worker does with the run, in this process; its job afterwards."""
    runner.run(run.job_id, worker="test")
    return Job.objects.get(pk=run.job_id)


@pytest.mark.slow
def test_paused_and_failed_runs_go_on_and_the_next_round_opens(then_at_work: Then):
    mona = Client()
    mona.force_login(User.objects.get(email="mona@example.org"))
    ppo = Run.objects.get(job__state="queued")
    evaluate = Run.objects.get(job__state="waiting")
    before = JobEvent.objects.filter(job=ppo.job).latest("pk").pk

    # The interrupted run goes on from the checkpoint that was written then.
    job = work_on(ppo)
    assert (job.state, job.error) == ("succeeded", "")
    steps = [
        event.data["step"]
        for event in JobEvent.objects.filter(job=job, pk__gt=before, kind="metric")
    ]
    assert 1 < min(steps) < max(steps) == job.total_steps

    job = work_on(evaluate)
    assert (job.state, job.error) == ("succeeded", "")
    assert mona.get(f"/runs/{evaluate.pk}/evaluation/").status_code == 200

    # The one that failed is tried again.
    failed = Run.objects.get(job__state="failed")
    assert mona.post(f"/runs/{failed.pk}/retry/").status_code == 302
    job = work_on(failed)
    assert (job.state, job.error) == ("succeeded", "")

    # The new policy is promoted and writes the next round, which looks at what may be launched.
    policy = ppo.job.model_version
    assert mona.post(f"/projects/kitchen/models/{policy.pk}/promote/", WHY).status_code == 302
    opened = mona.post("/projects/kitchen/rounds/", {**NEXT, "number": "4"})
    assert (opened.status_code, opened.headers.get("Location")) == (
        302,
        "/projects/kitchen/rounds/4/",
    )
    assert Round.objects.get(number=3).state == "closed"
    assert Round.objects.get(number=4).runs.filter(job__state="queued").exists()
    assert mona.get("/projects/kitchen/rounds/4/launch/").status_code == 200
