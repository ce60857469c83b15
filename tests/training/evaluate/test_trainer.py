"""What evaluation says about models."""

import json
import shutil
from itertools import pairwise
from pathlib import Path

import pytest
import torch

from tests.training.conftest import ask
from tests.training.evaluate.setting import PROMPTS, run, samples_of, spec_of
from training import tiny
from training.artifacts import write_folder
from training.errors import BadInputError, StoppedError
from training.evaluate import trainer as evaluate
from training.evaluate.spec import EvaluateSpec
from training.evaluate.written import distinct
from training.folder import JobFolder
from training.models import load_policy, save_model
from training.rankings import Ranking


def test_each_model_is_sampled_and_summed_up(make_job, tiny_folder, other_folder, judge_folder):
    spec = spec_of(tiny_folder, other_folder, reward_model=str(judge_folder))
    path = make_job(spec, prompts=PROMPTS)

    result = run(path)

    assert sorted(result["models"]) == ["base", "other"]
    for name in ("base", "other"):
        rows, numbers = samples_of(path, name), result["models"][name]
        assert [(row["prompt_id"], row["position"]) for row in rows] == [
            (number, position) for number in range(6) for position in range(2)
        ]
        assert numbers["samples"] == 12
        assert numbers["length"] == pytest.approx(sum(row["tokens"] for row in rows) / 12)
        assert numbers["reward"] == pytest.approx(sum(row["reward"] for row in rows) / 12)
        assert numbers["kl"] == pytest.approx(sum(row["kl"] for row in rows) / 12)
        assert numbers["eos_rate"] == pytest.approx(
            sum(row["finish_reason"] == "stop" for row in rows) / 12
        )
    assert result["models"]["other"]["length"] < result["models"]["base"]["length"]
    assert result["reward_model"]["rankings"] == 0
    events = map(json.loads, (path / "events.jsonl").read_text().splitlines())
    told = [event["data"] for event in events if event["kind"] == "progress"]
    assert {data["total"] for data in told} == {24}
    steps = [data["step"] for data in told]
    assert steps == sorted(steps)
    assert (steps[0], steps[-1], steps.count(12)) == (0, 24, 2)  # after the first model, and again
    assert len(set(steps)) > 4


def test_kl_is_the_sum_over_tokens_against_the_reference(make_job, tiny_folder, other_folder):
    path = make_job(spec_of(tiny_folder, other_folder), prompts=PROMPTS)

    result = run(path)

    assert {row["kl"] for row in samples_of(path, "base")} == {0.0}
    (base, chat), (other, _) = load_policy(tiny_folder), load_policy(other_folder)
    finished = [row for row in samples_of(path, "other") if row["finish_reason"] == "stop"]
    for row in finished[:3]:
        prompt = chat.prompt(PROMPTS[row["prompt_id"]]["messages"])
        ids = torch.tensor([prompt + chat.completion(row["text"], finished=True)])
        with torch.no_grad():
            sums = [
                model(ids)
                .logits[0, len(prompt) - 1 : -1]
                .log_softmax(-1)
                .gather(1, ids[0, len(prompt) :, None])
                .sum()
                for model in (other, base)
            ]
        assert row["kl"] == pytest.approx(float(sums[0] - sums[1]), abs=1e-3)
    assert result["models"]["other"]["reward"] is None
    assert result["reward_model"] is None


def test_kl_is_measured_from_the_sft_model_too(make_job, tiny_folder, other_folder):
    spec = spec_of(tiny_folder, other_folder, sft=str(other_folder))

    models = run(make_job(spec, prompts=PROMPTS))["models"]

    assert (models["base"]["kl"], models["other"]["kl_sft"]) == (0.0, 0.0)
    assert models["base"]["kl_sft"] > 0
    assert models["other"]["kl"] > 0


def test_reward_model_is_measured_on_held_out_rankings(
    make_job, tiny_folder, other_folder, judge_folder
):
    rankings = [
        {
            "annotation_id": number,
            "annotator": "ada",
            "messages": ask(f"Question {number}?"),
            "completions": ["good", "bad day", "worse"],
            "finished": [True, True, False],
            "tiers": [[0], [1, 2]],
        }
        for number in range(4)
    ]
    rankings[3]["completions"][0] = "word " * 1200  # beyond the context of 1024
    spec = spec_of(tiny_folder, other_folder, reward_model=str(judge_folder))

    result = run(make_job(spec, prompts=PROMPTS[:1], rankings=rankings))["reward_model"]

    assert (result["rankings"], result["skipped"]) == (3, {"too_long": 1})
    assert result["pairs"] == 6
    assert 0 <= result["accuracy"] <= 1
    assert result["log_loss"] > 0


def test_interrupted_stage_goes_on_and_gives_the_same(
    make_job, tiny_folder, other_folder, monkeypatch
):
    spec = spec_of(tiny_folder, other_folder)
    whole, parts = make_job(spec, "whole", prompts=PROMPTS), make_job(spec, "p", prompts=PROMPTS)
    result = run(whole)
    judge_model = evaluate.Evaluation.judge_model

    def stop_at_other(run, name, **told):
        if name == "other":
            raise StoppedError("stop")
        return judge_model(run, name, **told)

    with monkeypatch.context() as patch:
        patch.setattr(evaluate.Evaluation, "judge_model", stop_at_other)
        with pytest.raises(StoppedError):
            run(parts)

    assert run(parts) == result
    assert samples_of(parts, "base") == samples_of(whole, "base")
    assert samples_of(parts, "other") == samples_of(whole, "other")


def test_models_with_other_templates_are_not_compared(make_job, tiny_folder, tmp_path):
    model, chat = tiny.make()
    chat.tokenizer.chat_template += "{# #}"
    write_folder(tmp_path / "other", lambda target: save_model(target, model, chat))

    with pytest.raises(BadInputError, match="chat template is not that of the others"):
        run(make_job(spec_of(tiny_folder, tmp_path / "other"), prompts=PROMPTS))


def test_nothing_to_evaluate_is_refused(make_job, tiny_folder):
    with pytest.raises(BadInputError, match="nothing to evaluate"):
        run(make_job(EvaluateSpec(), prompts=PROMPTS))


def test_distinct_counts_different_ngrams_of_all_samples():
    samples = [[1, 2, 1, 2], [1, 2], [3]]

    assert distinct([[(token,) for token in ids] for ids in samples]) == 3 / 7
    assert distinct([list(pairwise(ids)) for ids in samples]) == 2 / 4
    assert distinct([[], []]) is None


def test_what_is_scored_ends_as_the_template_does_and_no_control_token_counts(
    make_job, tiny_folder, judge_folder, tmp_path
):
    """The sampler draws no control token, so its log-probabilities are of a vocabulary without."""
    source = Path(shutil.copytree(tiny_folder, tmp_path / "two-ends"))
    ends = json.loads((source / "generation_config.json").read_text()) | {"eos_token_id": [2, 0]}
    (source / "generation_config.json").write_text(json.dumps(ends))
    spec = spec_of(source, source, reward_model=str(judge_folder))
    with JobFolder(make_job(spec, prompts=PROMPTS[:1])) as folder:
        evaluation = evaluate.Evaluation.of(folder)
        prompt = evaluation.prompts[0]["ids"]

        texts = [Ranking(0, "", prompt, [[7, 8, 0], [7, 8, 2], [7, 8]], [])]
        rewards = evaluation.measure(str(source), texts)["reward"]
        [drawn] = evaluation.draw("base", evaluation.requests(range(2))[:1], written=0)
        texts = [Ranking(0, "", prompt, [one.ids for one in drawn], [])]
        told = evaluation.logprobs(str(source), texts)

    assert rewards[0] == rewards[1] != rewards[2]
    assert told == pytest.approx([sum(one.logprobs) for one in drawn], abs=1e-3)


def test_a_held_out_prompt_that_a_model_has_no_room_for_is_left_out_and_named(
    make_job, tiny_folder, other_folder
):
    long = {"prompt_id": 99, "messages": ask("word " * 1200)}
    path = make_job(spec_of(tiny_folder, other_folder), prompts=[*PROMPTS[:1], long])

    result = run(path)

    assert {row["prompt_id"] for row in samples_of(path, "base")} == {0}
    assert (result["dropped_prompts"], result["dropped"]) == (1, {"too_long": [99]})


def test_no_prompt_that_fits_is_said_to_be_none(make_job, tiny_folder, other_folder):
    long = {"prompt_id": 99, "messages": ask("word " * 1200)}

    with pytest.raises(BadInputError, match=r"no held-out prompt is left .*'too_long': \[99\]"):
        run(make_job(spec_of(tiny_folder, other_folder), prompts=[long]))
