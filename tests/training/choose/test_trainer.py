"""What two reward models say of candidates."""

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import torch

from tests.training.conftest import ask
from tests.training.random_reward import random_reward_model
from training.artifacts import write_folder
from training.choose import trainer as choose
from training.choose.spec import ChooseSpec
from training.contract import files
from training.errors import StoppedError
from training.folder import JobFolder
from training.models import load_chat
from training.reward_model import RewardModel
from training.rows import Rows

CANDIDATES = [
    {
        "prompt_id": number,
        "messages": ask(f"Question {number}?"),
        "completions": [f"An answer {number}.", "No.", "It depends on the egg"],
        "finished": [True, True, False],
    }
    for number in (5, 3, 9, 1)
]


@pytest.fixture(scope="module")
def judges(tiny_folder, tmp_path_factory) -> list[Path]:
    """Two reward models that say the opposite of each other."""
    folders = [tmp_path_factory.mktemp("models") / name for name in ("first", "second")]
    for folder, sign in zip(folders, (1, -1), strict=True):
        model, chat = random_reward_model(tiny_folder)
        with torch.no_grad():
            model.model.score.weight.mul_(sign)
        write_folder(folder, lambda to, model=model, chat=chat: model.save(to, chat))
    return folders


@pytest.fixture
def spec(judges) -> ChooseSpec:
    return ChooseSpec(reward_model=str(judges[0]), second_reward_model=str(judges[1]))


def run(path: Path) -> dict:
    with JobFolder(path) as folder:
        choose.choose(folder)
    result = json.loads((path / files.RESULT).read_text())
    assert result.keys() == ChooseSpec.results.keys()
    return result


def scores_of(path: Path) -> list[dict]:
    return list(pq.read_table(files.output(path, "scores")).to_pylist())


def test_both_models_score_each_text_by_itself(make_job, spec, judges):
    path = make_job(spec, candidates=CANDIDATES)

    result = run(path)

    assert (result["candidates"], result["dropped_prompts"]) == (4, 0)
    rows = scores_of(path)
    assert [row["prompt_id"] for row in rows] == [5, 3, 9, 1]
    for row in rows:
        assert row["second_rewards"] == pytest.approx([-value for value in row["rewards"]])
    model, chat = RewardModel.load(judges[0])
    for row, candidate in zip(rows, CANDIDATES, strict=True):
        for place, reward in enumerate(row["rewards"]):
            text, finished = candidate["completions"][place], candidate["finished"][place]
            alone = Rows.of(
                [chat.prompt(candidate["messages"])],
                [chat.completion(text, finished)],
                pad_id=chat.pad_id,
                device="cpu",
            )
            with torch.no_grad():
                assert reward == pytest.approx(float(model.raw(alone)[0]), abs=1e-5)


def test_what_a_model_cannot_take_is_left_out_whole(make_job, spec, judges):
    long = "word " * 5000
    kept, empty, too_long = CANDIDATES[:3]
    rows = [
        kept,
        empty | {"completions": ["One", "", "Two"], "finished": [True, False, True]},
        too_long | {"completions": ["One", "Two", long]},
    ]
    path = make_job(spec, candidates=rows)

    result = run(path)

    assert (result["candidates"], result["dropped_prompts"]) == (1, 2)
    assert [row["prompt_id"] for row in scores_of(path)] == [kept["prompt_id"]]
    assert "2 candidates cannot be scored" in (path / files.EVENTS).read_text()
    assert load_chat(judges[0]).completion("", False) == []


def test_an_interrupted_choice_gives_the_same_to_the_bit(make_job, spec, monkeypatch):
    monkeypatch.setattr(choose, "PART", 2)
    whole, cut = (make_job(spec, name, candidates=CANDIDATES) for name in ("whole", "cut"))
    run(whole)
    score = choose.raw_rewards
    for _part in range(3):
        with JobFolder(cut) as folder, monkeypatch.context() as patch:

            def stop_after_one(*arguments, folder=folder, **named):
                folder.request_stop()
                return score(*arguments, **named)

            patch.setattr(choose, "raw_rewards", stop_after_one)
            with pytest.raises(StoppedError):
                choose.choose(folder)

    run(cut)

    assert scores_of(cut) == scores_of(whole)


def test_without_candidates_there_is_nothing_to_say(make_job, spec):
    path = make_job(spec)

    assert run(path)["candidates"] == 0
    assert scores_of(path) == []
