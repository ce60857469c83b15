"""What Celery is told."""

import subprocess
import sys

from celery import current_app

from workers.tasks import (
    draw_spot_checks,
    expire_leases,
    reap_jobs,
    refresh_quality,
    refresh_verdicts,
    run_job,
    send_notices,
    send_webhooks,
    sweep_artifacts,
    sweep_kept_answers,
)


def test_beat_sends_what_nobody_else_asks_for():
    tasks = {entry["task"] for entry in current_app.conf.beat_schedule.values()}

    regular = expire_leases, reap_jobs, refresh_quality, refresh_verdicts
    often = send_notices, send_webhooks
    rare = draw_spot_checks, sweep_artifacts, sweep_kept_answers
    assert tasks == {task.name for task in (*regular, *often, *rare)}
    assert run_job.name == "workers.run_job"


def test_messages_are_acknowledged_early_and_carry_json():
    assert current_app.conf.task_acks_late is False
    assert current_app.conf.accept_content == ("json",)
    assert current_app.conf.worker_prefetch_multiplier == 1


def test_the_workers_and_web_import_no_machine_learning_and_no_arrow():
    code = (
        "import django, sys; django.setup(); import workers.tasks, config.urls;"
        "heavy = {'torch', 'transformers', 'trl', 'accelerate', 'datasets', 'pyarrow', 'numpy'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"
