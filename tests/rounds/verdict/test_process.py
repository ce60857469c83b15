"""The process beside a worker in which verdicts are computed."""

from pathlib import Path

import pytest
from django.db import connection

from quality import child
from quality.child import Child
from rounds.models import Verdict
from rounds.verdict.asking import ask
from rounds.verdict.due import due
from rounds.verdict.texts import evaluated
from tests.rounds.verdict.voting import vote_all
from tests.rounds.world import make_world

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.django_db(transaction=True)
def test_votes_are_counted_in_a_process_of_its_own(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = make_world()
    project = world.project
    project.tasks.update(state="done", free_slots=0)
    ask(project=project, versions=evaluated(project), prompts=3, by=world.mona)
    vote_all(project, world.ada, lambda one, other: 1)
    database = f"{postgres_url.rsplit('/', 1)[0]}/{connection.settings_dict['NAME']}"
    monkeypatch.setitem(child.ENV, "DATABASE_URL", database)
    monkeypatch.setitem(child.ENV, "PYTHONPATH", f"{ROOT}:{ROOT / 'platform'}")
    verdicts = Child("rounds.verdict", due)

    verdicts.look()
    process = verdicts._process

    assert process is not None
    assert process.wait(timeout=120) == 0
    (pair,) = Verdict.objects.get().figures["pairs"]
    assert (pair["prompts"], pair["wins"]) == (3, 3)
