"""A learning curve: reward models on growing shares of the labels, measured on held-out ones."""

import json
from dataclasses import replace

import pytest

from tests.training.reward import test_trainer
from training.errors import DivergedError, StoppedError
from training.folder import JobFolder
from training.rankings import Ranking
from training.reward import learning
from training.reward.spec import RewardSpec
from training.reward.trainer import reward

SPEC = RewardSpec(
    model="",
    learning_rate=3e-3,
    batch_size=4,
    frozen_layers=1,
    checkpoint_every=1,
    learning_repeats=2,
)
LABELS = [16, 2, 4, 8, 2, 4, 8, 16]


def rows(count, *, first=0):
    """Each on a prompt of its own."""
    return [
        {**row, "messages": [{"role": "user", "content": f"Question {row['annotation_id']}?"}]}
        for row in test_trainer.rows(count, first=first)
    ]


def worked_on(path):
    with JobFolder(path) as folder:
        reward(folder)
    return json.loads((path / "result.json").read_text())


def test_shares_are_nested_and_part_no_prompt():
    rankings = [Ranking(n, "ada", [n // 2], [[1], [2]], [[0], [1]]) for n in range(32)]

    found = list(learning.shares_of(rankings, SPEC))

    assert [(s.repeat, s.part) for s in found] == [
        *[(0, 8), (0, 4), (0, 2)],
        *[(1, 8), (1, 4), (1, 2), (1, 1)],
    ]
    assert [len(s.rankings) for s in found] == [4, 8, 16, 4, 8, 16, 32]
    taken = [{r.annotation_id for r in s.rankings} for s in found]
    assert taken[0] < taken[1] < taken[2]
    assert taken[3] < taken[4] < taken[5] < taken[6]
    assert taken[2] != taken[5]  # each repeat has an order of its own
    for ids in taken:
        assert ids == {other for pk in ids for other in (pk - pk % 2, pk - pk % 2 + 1)}
    assert len({s.spec(SPEC).seed for s in found}) == 2


def test_the_curve_has_a_point_a_share_and_changes_nothing_of_the_model(make_job, tiny_folder):
    spec = replace(SPEC, model=str(tiny_folder))
    tables = {"train": rows(16), "heldout": rows(8, first=1000)}
    without = make_job(replace(spec, learning_repeats=0), "without", **tables)
    with_curve = make_job(spec, "with", **tables)

    plain, result = worked_on(without), worked_on(with_curve)

    points = result["learning"]
    assert [point["labels"] for point in points] == LABELS
    assert [point["repeat"] for point in points] == [0, 0, 0, 0, 1, 1, 1, 1]
    assert points[0]["accuracy"] == result["heldout"]["accuracy"]
    assert all(0 <= point["accuracy"] <= 1 for point in points)
    assert plain["learning"] == []
    assert plain == {**result, "learning": []}
    weights = "model/model.safetensors"
    assert (without / weights).read_bytes() == (with_curve / weights).read_bytes()
    told = [json.loads(line) for line in (with_curve / "events.jsonl").read_text().splitlines()]
    steps = [e["data"]["step"] for e in told if e["kind"] == "metric"]
    assert steps == [1, 2, 3, 4]  # the curves are those of the model that is kept
    ran = [e["data"] for e in told if e["data"].get("phase") == "learning"]
    assert (ran[0]["step"], ran[-1]["step"]) == (0, ran[-1]["total"])


def test_an_attempt_goes_on_where_the_one_before_was_stopped(make_job, tiny_folder, monkeypatch):
    tables = {"train": rows(16), "heldout": rows(8, first=1000)}
    spec = replace(SPEC, model=str(tiny_folder))
    whole = worked_on(make_job(spec, "whole", **tables))["learning"]
    path = make_job(spec, "stopped", **tables)
    progress = learning.Part.progress

    def stopping(part, step, total, *, phase):
        progress(part, step, total, phase=phase)
        if part.checkpoints.name == "learning-1-4" and step == 0:
            part._whole.request_stop()

    with monkeypatch.context() as patch, JobFolder(path) as folder:
        patch.setattr(learning.Part, "progress", stopping)
        with pytest.raises(StoppedError):
            reward(folder)
    left = sorted(p.name for p in (path / "checkpoints").glob("learning-*"))
    finished = [f"learning-{name}.json" for name in ("0-2", "0-4", "0-8", "1-8")]
    assert left == sorted([*finished, "learning-1-4"])
    trained = []
    accuracy = learning._accuracy
    monkeypatch.setattr(
        learning,
        "_accuracy",
        lambda part, *rest: trained.append(part.checkpoints.name) or accuracy(part, *rest),
    )

    assert worked_on(path)["learning"] == whole
    assert trained == ["learning-1-4", "learning-1-2", "learning-1-1"]


@pytest.mark.parametrize(("train", "heldout"), [(7, 4), (8, 0)])
def test_too_little_to_tell_makes_no_curve_and_says_so(train, heldout, make_job, tiny_folder):
    spec = replace(SPEC, model=str(tiny_folder))
    path = make_job(spec, train=rows(train), heldout=rows(heldout, first=1000))

    assert worked_on(path)["learning"] == []
    said = f"8 training prompts at the least, here of {train}"
    assert said in (path / "events.jsonl").read_text()


def test_a_share_that_diverges_costs_the_curve_and_not_the_model(
    make_job, tiny_folder, monkeypatch
):
    path = make_job(replace(SPEC, model=str(tiny_folder)), train=rows(8), heldout=rows(4, first=99))

    def diverges(*_):
        raise DivergedError("the loss is not finite")

    monkeypatch.setattr(learning, "_accuracy", diverges)

    assert worked_on(path)["learning"] == []
    assert (path / "model/model.safetensors").is_file()
    assert "No learning curve: the loss is not finite" in (path / "events.jsonl").read_text()
