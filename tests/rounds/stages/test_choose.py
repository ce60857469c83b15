"""A choice with its real trainers."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from accounts.models import User
from jobs import services as jobs
from jobs.models import Job
from labeling.models import Completion, Project, Task
from measures.disagreement import disagreement
from registry.services import register_folder
from rounds.models import Round, Run
from rounds.snapshots import freeze, read
from tests.factories import make_annotation
from tests.rounds.views.asking import CHOICE, signed_in
from tests.rounds.worker import handler_of, start
from training.contract import files
from training.contract.spec import Spec

ROOT = Path(__file__).resolve().parents[3]
MODELS = """
import sys
from pathlib import Path
from tests.training.random_reward import random_reward_model
from training import tiny
from training.artifacts import write_folder
to = Path(sys.argv[1])
write_folder(to / "base", tiny.write)
for name, gain in (("reward", 30), ("second", -30)):
    model, chat = random_reward_model(to / "base")
    model.model.score.weight.data.mul_(gain)
    write_folder(to / name, lambda folder: model.save(folder, chat))
"""


def python(*arguments: object) -> None:
    paths = os.pathsep.join(map(str, (ROOT, ROOT / "platform")))
    env = {**os.environ, "PYTHONPATH": paths}
    command = [sys.executable, *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def work(run: Run) -> tuple[Job, Path]:
    """The run's job by its real trainer."""
    job, folder, spec = start(run)
    assert isinstance(spec, Spec)
    spec.write(folder)
    python("-m", spec.module(), folder)
    result: dict[str, Any] = json.loads((folder / files.RESULT).read_text())
    complete = handler_of(run).complete
    done = jobs.succeed(job=job, result=result, complete=lambda: complete(job, folder, result))
    return done, folder


@pytest.mark.slow
def test_a_round_of_which_half_is_chosen(
    project: Project, mona: User, ada: User, tmp_path: Path
) -> None:
    """From the form to a label in the snapshot that says how its prompt came there."""
    python("-c", MODELS, tmp_path)
    base = register_folder(folder=tmp_path / "base", kind="base", name="base")
    for kind in ("reward", "second"):
        register_folder(folder=tmp_path / kind, kind=kind, family=project.family)
    Round.objects.create(project=project, number=1, writer=base, state=Round.State.EVALUATED)

    answer = signed_in(mona).post("/projects/kitchen/rounds/", CHOICE)

    assert answer.status_code == 302
    opened = Round.objects.get(number=2)
    assert opened.plan["chosen_percent"] == 50
    page = signed_in(mona).get("/projects/kitchen/rounds/2/").content.decode()
    among = len(opened.candidates["ranking"])
    assert f"Rankings: 2 to be chosen of {among} prompts." in page
    runs = list(opened.runs.order_by("pk"))
    assert [run.stage for run in runs] == ["generate", "generate", "choose"]
    done, folder = [work(run) for run in runs][-1]

    differ = {
        row["prompt_id"]: disagreement(row["rewards"], row["second_rewards"])
        for row in handler_rows(folder)
    }
    assert len(differ) == among
    chosen = Task.objects.filter(is_chosen=True)
    best = sorted(differ, key=lambda pk: -differ[pk])[:2]
    assert sorted(chosen.values_list("prompt", flat=True)) == sorted(best)
    assert set(chosen.values_list("prompt__split", flat=True)) == {"train"}
    assert Task.objects.filter(is_chosen=False).count() == 2
    assert done.result["differ_asked"] > done.result["differ_others"] > 0
    assert Completion.objects.filter(round_number=2).count() == 3 * (2 + among)

    for task in Task.objects.all():
        make_annotation(task, annotator=ada)
    rows = read(freeze(project), "rankings")
    assert {row["prompt_id"] for row in rows if row["is_chosen"]} == set(best)
    page = signed_in(mona).get("/projects/kitchen/rounds/2/").content.decode()
    assert f"Rankings: 2 chosen of {among} prompts." in page
    assert f"The models differ by {done.result['differ_asked']} nats a pair on these" in page


def handler_rows(folder: Path) -> list[dict[str, Any]]:
    import pyarrow.parquet as pq

    rows: list[dict[str, Any]] = pq.read_table(files.output(folder, "scores")).to_pylist()
    return rows
