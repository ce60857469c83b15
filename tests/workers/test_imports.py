"""A worker that is killed while it stores a file leaves nothing; another one stores it, once."""

import json
from io import BytesIO

import pytest
from crew import now, wait_until

from labeling.import_jobs import How, send_import
from labeling.models import Annotation, Completion, Import, Prompt, PromptUpload
from labeling.whole_files import AT_ONCE, import_file
from tests.factories import make_project, make_user
from tests.inputs.sums import sums

pytestmark = pytest.mark.slow
ROWS = 12_000  # five parts of labeling.whole_files


def test_a_killed_worker_leaves_nothing_and_another_one_stores_all(crew):
    said = {"chosen": "Six.", "rejected": "An hour.", "language": "en"}
    raw = "\n".join(json.dumps({"prompt": f"Egg {n}?", **said}) for n in range(ROWS)).encode()
    project, mona = make_project("kitchen"), make_user("Mona")
    imported = send_import(
        project=project, file=BytesIO(raw), name="eggs.jsonl", by=mona, how=How()
    )
    job = imported.job

    wait_until(lambda: now(job).step >= AT_ONCE)
    crew.owner(job).kill()

    assert (Prompt.objects.count(), Import.objects.get().outcome) == (0, {})
    assert (Completion.objects.count(), Annotation.objects.count()) == (0, 0)
    assert PromptUpload.objects.count() == 1

    wait_until(lambda: now(job).has_ended)
    assert (now(job).state, now(job).attempt, now(job).total_steps) == ("succeeded", 2, ROWS)
    assert (Prompt.objects.count(), Import.objects.get().created) == (ROWS, ROWS)
    undisturbed = make_project("undisturbed")
    import_file(project=undisturbed, file=BytesIO(raw), name="eggs.jsonl", by=mona)
    assert sums(project) == sums(undisturbed)
    assert sums(project)[:2] == (ROWS, ROWS)
    assert not PromptUpload.objects.exists()
    told = [event.data["step"] for event in job.events.filter(kind="progress").order_by("pk")]
    assert set(told) <= set(range(0, ROWS + 1, AT_ONCE))
    assert AT_ONCE in told
