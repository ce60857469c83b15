"""The commands of docs/api.md do what they say, as they stand there."""

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from rounds.launching.recipes import defaults
from rounds.models import Round
from tests.access.scene import store_file
from tests.api.caller import Caller
from tests.factories import make_annotation, make_task
from tests.rounds.world import World

DOCS = Path(__file__).parents[2] / "docs" / "api.md"


@pytest.mark.django_db(transaction=True)
def test_a_turn_of_the_loop_with_curl(
    artifact_folders: None, world: World, mona: Caller, live_server: Any, tmp_path: Path
) -> None:
    (commands,) = re.findall(r"```bash\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL)
    make_annotation(make_task(world.project))
    world.round.runs.filter(stage="sft").update(recipe=defaults("sft", examples=2))
    store_file(world.policy)
    secret = mona.headers["Authorization"].removeprefix("Bearer ")
    told = {"RONDO_URL": live_server.url, "RONDO_TOKEN": secret, "PROJECT": "kitchen"}

    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", commands],
        cwd=tmp_path,
        env=os.environ | told,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.stderr, done.returncode) == ("", 0)
    policy = {"id": world.policy.pk, "name": "policy v1", "kind": "policy"}
    assert done.stdout.splitlines() == [
        "0",
        "True",
        str({"state": "queued", "reason": "", "attempt": 0}),
        "unclear",
        str(policy),
        "config.json: OK",
    ]
    opened = Round.objects.get(number=2)
    assert (opened.plan["tasks"], opened.state) == (
        {"demonstration": 4, "ranking": 4},
        "training",
    )
    run = opened.runs.get(stage="sft")
    assert (run.recipe["epochs"], run.launched_by) == (3, world.mona)
    assert (tmp_path / "config.json").read_text() == "{}"
