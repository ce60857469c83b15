"""What stands before prompts is the same wherever a model is given them, round by round."""

import json
from pathlib import Path
from typing import Any

import pytest

from accounts.models import User
from core.errors import ConflictError
from jobs import services as jobs
from labeling.models import Preamble, Project, Prompt, Task
from labeling.preambles import change
from registry import store
from registry.models import ModelVersion
from registry.services import local_folder, register_folder
from rounds.collecting.opening import open_round
from rounds.launching.launching import launch
from rounds.models import Round, Run, Snapshot
from rounds.snapshots import LABELS, freeze, read
from tests.factories import make_annotation, make_completion, make_task
from tests.rounds.stages.test_stages import completions_for
from tests.rounds.worker import finish, rows_of, start, write_model

SHOWN = ("2 + 2 =\u00a0?", "  4\n\n\t\u202eA\n")
BEFORE = [
    {"role": "system", "content": "Réponds en \u200bune phrase.\n"},
    {"role": "user", "content": SHOWN[0]},
    {"role": "assistant", "content": SHOWN[1]},
]


def put(project: Project, by: User, system: str = BEFORE[0]["content"]) -> Preamble:
    made = change(project=project, system=system, exemplars=[SHOWN], by=by)
    assert made is not None
    return made


@pytest.fixture
def base(db: None, tmp_path: Path) -> ModelVersion:
    return register_folder(folder=write_model(tmp_path / "base"), kind="base", name="base")


def opened(project: Project, by: User) -> Round:
    Round.objects.update(state=Round.State.EVALUATED)
    plan = {"tasks": {"ranking": 2, "demonstration": 2}, "first_batch": 0}
    return open_round(project=project, by=by, plan=plan)


def written(round_: Round) -> list[dict[str, Any]]:
    """What its generation was given; its completions are stored."""
    run = round_.runs.get()
    return rows_of(finish(run, completions=completions_for(run)).folder, "prompts")


def labels(snapshot: Snapshot) -> list[dict[str, Any]]:
    return [row for table in LABELS for row in read(snapshot, table)]


def test_a_round_keeps_what_it_was_opened_with(
    project: Project, mona: User, base: ModelVersion
) -> None:
    first = put(project, mona)
    one = opened(project, mona)
    second = put(project, mona, system="Say it in verse.")
    rows = written(one)
    for task in Task.objects.filter(round_number=1):
        make_annotation(task)
    frozen = labels(freeze(project, preamble=first))
    two = opened(project, mona)
    later = written(two)

    assert (one.preamble, two.preamble) == (first, second)
    prompts = {prompt.pk: prompt.messages for prompt in Prompt.objects.all()}
    verse = [{"role": "system", "content": "Say it in verse."}, *BEFORE[1:]]
    for before, given in ((BEFORE, rows), (verse, later), (BEFORE, frozen)):
        assert len(given) >= 2
        assert [row["messages"] for row in given] == [
            [*before, *prompts[row["prompt_id"]]] for row in given
        ]
    assert {task.preamble for task in Task.objects.filter(round_number=1)} == {first}
    assert {task.preamble for task in Task.objects.filter(round_number=2)} == {second}
    # What is asked now changes nothing of what was: the rows of round 1 are as they were.
    snapshot = freeze(project, preamble=second)
    assert labels(snapshot) == frozen
    asked = list(read(snapshot, "prompts"))
    assert [row["messages"] for row in asked] == [
        [*verse, *prompts[row["prompt_id"]]] for row in asked
    ]
    assert [row["sha256"] for row in asked] == [
        Prompt.objects.get(pk=row["prompt_id"]).sha256 for row in asked
    ]


def test_training_and_evaluation_are_given_the_same(
    project: Project, mona: User, base: ModelVersion
) -> None:
    put(project, mona)
    round_ = opened(project, mona)
    held = list(project.prompts.filter(split="heldout").order_by("pk"))
    usual: dict[str, Any] = {"preamble": round_.preamble}
    for kind in ("demonstration", "demonstration", "ranking", "ranking", "correction"):
        make_annotation(make_task(project, kind, **usual))
    make_annotation(make_task(project, prompt=held[0], **usual))
    make_annotation(make_task(project, "ranking", prompt=held[1], k=3, **usual))
    stages = ["sft", "reward", "ppo", "evaluate"]
    recipes = {"ppo": {"ptx_coef": 1.0}, "reward": {"scale_prompts": 2}}
    runs = launch(round_=round_, stages=stages, recipes=recipes, by=mona)
    prompts = {prompt.pk: prompt.messages for prompt in Prompt.objects.all()}

    seen: dict[str, set[str]] = {}
    for run in runs:
        job = finish(run) if run.stage != "evaluate" else start(run)[0]
        for path in job.folder.glob("data/*.parquet"):
            for row in rows_of(job.folder, path.stem):
                assert row["messages"] == [*BEFORE, *prompts[row["prompt_id"]]]
                seen.setdefault(run.stage, set()).add(path.stem)

    assert seen == {
        "sft": {"train", "heldout"},
        "reward": {"train", "heldout", "demonstrations", "prompts"},
        "ppo": {"prompts", "samples", "demonstrations"},
        "evaluate": {"prompts", "rankings"},
    }


def test_a_model_carries_what_it_was_trained_after(
    project: Project, mona: User, base: ModelVersion
) -> None:
    put(project, mona)
    round_ = opened(project, mona)
    for _ in range(2):
        make_annotation(make_task(project))
    (run,) = launch(round_=round_, stages=["sft"], recipes={}, by=mona)

    finish(run)

    model = ModelVersion.objects.get(kind="sft")
    folder = store.path_of(model.uri)
    assert json.loads((folder / "preamble.json").read_text(encoding="utf-8")) == BEFORE
    assert "\n## Before each prompt\n" in (folder / "README.md").read_text(encoding="utf-8")
    assert "preamble.json" in model.manifest
    assert local_folder(model) == folder  # verified
    assert "preamble.json" not in base.manifest


def test_a_model_that_refuses_system_messages_opens_no_round_with_one(
    project: Project, mona: User, base: ModelVersion
) -> None:
    ModelVersion.objects.update(metrics={"system_turns": False})
    put(project, mona)
    with pytest.raises(ConflictError, match="base refuses system messages"):
        opened(project, mona)
    assert not Round.objects.exists()

    put(project, mona, system="")

    rows = written(opened(project, mona))
    assert [row["messages"][:2] for row in rows] == [BEFORE[1:]] * len(rows)


def test_reward_models_choose_by_what_the_writer_was_given(
    project: Project, mona: User, base: ModelVersion
) -> None:
    put(project, mona)
    round_ = opened(project, mona)
    prompt = project.prompts.filter(split="train").order_by("pk")[0]
    for text in ("one", "other"):
        make_completion(prompt, text, round_number=round_.number)
    round_.candidates = {"ranking": {str(prompt.pk): 2}}
    round_.save()
    payload = {"kind": "ranking", "tasks": 1, "prompts": [[prompt.pk, 2]]}
    job = jobs.enqueue(kind="choose", payload=payload, created_by=mona)
    run = Run.objects.create(
        round=round_,
        stage="choose",
        job=job,
        source=base,
        reward_model=base,
        second_reward_model=base,
    )

    _job, folder, _spec = start(run)

    (row,) = rows_of(folder, "candidates")
    assert row["messages"] == [*BEFORE, *prompt.messages]
