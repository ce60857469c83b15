"""Texts by a server, the favourite of several, and a second reward model."""

import pyarrow.parquet as pq
import pytest

from tests.training.evaluate.setting import PROMPTS, run, samples_of, spec_of
from tests.training.sampling.stand_in import served
from training import tiny
from training.evaluate.trainer import Evaluation


def test_the_reward_models_favourite_of_several_texts_of_one_model(
    make_job, tiny_folder, other_folder, judge_folder
):
    """Their seeds are those of any model's samples, so the first two are what it wrote before."""
    spec = spec_of(
        tiny_folder,
        other_folder,
        reward_model=str(judge_folder),
        best_of=4,
        best_of_model=str(other_folder),
    )
    path = make_job(spec, prompts=PROMPTS)

    result = run(path)

    rows = pq.read_table(path / "output" / "best_of.parquet").to_pylist()
    assert [(row["prompt_id"], row["position"]) for row in rows] == [
        (number, position) for number in range(6) for position in range(4)
    ]
    first = [row["text"] for row in rows if row["position"] < 2]
    assert first == [row["text"] for row in samples_of(path, "other")]
    best = [max(row["reward"] for row in rows if row["prompt_id"] == n) for n in range(6)]
    assert result["best_of"]["reward"] == pytest.approx(sum(best) / 6)
    assert result["best_of"]["samples"] == 6
    assert sorted(result["models"]) == ["base", "other"]
    assert samples_of(path, "best_of") == []


@pytest.mark.parametrize("best_of", [1, 2, 3])
def test_what_one_of_the_models_wrote_is_not_written_again(
    make_job, tiny_folder, other_folder, judge_folder, monkeypatch, best_of
):
    drawn = []
    draw = Evaluation.draw

    def counted(self, name, requests, **how):
        drawn.append((name, sum(len(request.seeds) for request in requests)))
        return draw(self, name, requests, **how)

    monkeypatch.setattr(Evaluation, "draw", counted)
    chosen = {"best_of": best_of, "best_of_model": str(other_folder)}
    spec = spec_of(tiny_folder, other_folder, reward_model=str(judge_folder), **chosen)
    path = make_job(spec, prompts=PROMPTS)

    run(path)

    assert drawn[:2] == [("base", 12), ("other", 12)]
    assert drawn[2:] == ([("best_of", 6)] if best_of == 3 else [])
    rows = pq.read_table(path / "output" / "best_of.parquet").to_pylist()
    assert len(rows) == 6 * best_of
    assert {row["kl"] for row in rows} == {None}


@pytest.mark.parametrize("without", ["best_of", "best_of_model", "reward_model"])
def test_without_a_number_a_model_or_a_judge_there_is_no_favourite(
    tiny_folder, other_folder, judge_folder, without
):
    whole = {"best_of": 4, "best_of_model": str(other_folder), "reward_model": str(judge_folder)}
    spec = spec_of(tiny_folder, other_folder, **{k: v for k, v in whole.items() if k != without})

    assert spec.writers == spec.models


def test_a_server_of_one_of_the_models_writes_its_texts(
    make_job, tiny_folder, other_folder, monkeypatch
):
    spec = spec_of(tiny_folder, other_folder)
    here = make_job(spec, name="here", prompts=PROMPTS)
    there = make_job(spec, name="there", prompts=PROMPTS)
    run(here)
    with served(*tiny.make(), {"id": str(tiny_folder)}) as stand_in:
        monkeypatch.setenv("RONDO_ENGINE_URL", stand_in.url)
        run(there)

    assert len(stand_in.asked) == 4 + 12
    for name in ("base", "other"):
        assert [row["text"] for row in samples_of(there, name)] == [
            row["text"] for row in samples_of(here, name)
        ]
    assert f"does not serve {other_folder}: sampling here" in (there / "events.jsonl").read_text()


def test_a_second_reward_model_scores_the_same_texts(
    make_job, tiny_folder, other_folder, judge_folder
):
    spec = spec_of(
        tiny_folder,
        other_folder,
        reward_model=str(judge_folder),
        second_reward_model=str(judge_folder),
    )
    path = make_job(spec, prompts=PROMPTS)

    result = run(path)

    for name, numbers in result["models"].items():
        assert numbers["second_reward"] == numbers["reward"] != 0
        for row in samples_of(path, name):
            assert row["second_reward"] == row["reward"]
    assert result["second_reward_model"] == result["reward_model"]
