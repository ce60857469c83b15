"""A worker that is killed while it stores a file leaves nothing; another one stores it, once."""

import json

import pytest
from crew import now, wait_until

from labeling.import_jobs import How, send_import
from labeling.models import Import, Prompt, PromptUpload
from tests.factories import make_project, make_user

pytestmark = pytest.mark.slow
ROWS = 20_000  # four parts of labeling.whole_files


def test_a_killed_worker_leaves_nothing_and_another_one_stores_all(crew):
    raw = "\n".join(json.dumps({"prompt": f"Egg {n}?", "language": "en"}) for n in range(ROWS))
    imported = send_import(
        project=make_project("kitchen"), raw=raw.encode(), name="eggs.jsonl", by=make_user("Mona"),
        how=How(),
    )  # fmt: skip
    job = imported.job

    wait_until(lambda: now(job).step >= 5_000)
    crew.owner(job).kill()

    assert (Prompt.objects.count(), Import.objects.get().outcome) == (0, {})
    assert PromptUpload.objects.count() == 1

    wait_until(lambda: now(job).has_ended)
    assert (now(job).state, now(job).attempt, now(job).total_steps) == ("succeeded", 2, ROWS)
    assert (Prompt.objects.count(), Import.objects.get().created) == (ROWS, ROWS)
    assert not PromptUpload.objects.exists()
    told = [event.data["step"] for event in job.events.filter(kind="progress").order_by("pk")]
    assert set(told) <= set(range(0, ROWS + 1, 5_000))
    assert 5_000 in told
