"""The epoch whose texts a reward model likes best is kept, if that is asked for."""

import json
import signal
from pathlib import Path
from statistics import fmean

import pytest
import torch

from tests.training.conftest import NO_SYSTEM_TURNS, ask, wait_for
from tests.training.random_reward import random_reward_model
from tests.training.sft.test_kept import KilledError
from tests.training.sft.test_trainer import (
    EXAMPLES,
    metrics_of,
    run,
    spec_of,
    weights_of,
)
from training import tiny
from training.artifacts import write_folder
from training.errors import BadInputError, StoppedError
from training.folder import JobFolder
from training.models import load_policy
from training.processes import seed_of
from training.reward_model import RewardModel
from training.sampling import Request, Sampling, sample
from training.scoring import score_tokens
from training.sft import trainer as sft
from training.sft.rewards import Writer, as_it_samples
from training.tuning import Tuning

HELDOUT = [
    {"prompt_id": number, "messages": ask(f"What else, {number}?"), "completion": "green birds"}
    for number in (7, 8, 8, 9)
]
ASKED = [HELDOUT[place] for place in (0, 1, 3)]  # each prompt once
SHORT = {"max_new_tokens": 6, "score_prompts": 8, "temperature": 1.0}


@pytest.fixture(scope="module")
def scorer(tiny_folder, tmp_path_factory) -> Path:
    model, chat = random_reward_model(tiny_folder)
    model.set_scale(gain=2.0, bias=0.5)
    folder = tmp_path_factory.mktemp("models") / "scorer"
    write_folder(folder, lambda to: model.save(to, chat))
    return folder


@pytest.fixture
def by_reward(tiny_folder, scorer):
    """by_reward(…): a spec where what is held out gets less likely with every epoch."""

    def spec(**values):
        few = {"epochs": 6, "batch_size": 2, "learning_rate": 2e-2}
        asked = {"kept": "reward", "reward_model": str(scorer), **SHORT}
        return spec_of(tiny_folder, **few | asked | values)

    return spec


def curve(path: Path, name: str) -> dict[int, float]:
    return {step: values[name] for step, values in metrics_of(path) if name in values}


def rewards_of(folder: Path, scorer: Path) -> list[float]:
    """Of a text for each prompt, by the model in `folder`."""
    policy, chat = load_policy(folder)
    ids = [chat.prompt(row["messages"]) for row in ASKED]
    requests = [
        Request(prompt, [seed_of(0, "scored", row["prompt_id"])])
        for prompt, row in zip(ids, ASKED, strict=True)
    ]
    texts = sample(policy, requests, sampling=Sampling(max_new_tokens=6), chat=chat)
    model, _ = RewardModel.load(scorer)
    ends = [chat.closed(one.ids) for (one,) in texts]
    return score_tokens(model, ids, ends, pad_id=chat.pad_id)


@pytest.mark.parametrize(("rank", "precision"), [(0, "fp32"), (4, "fp32"), (0, "bf16")])
def test_the_epoch_with_the_highest_reward_is_kept_whatever_its_loss(
    make_job, by_reward, scorer, tiny_folder, rank, precision
):
    spec = by_reward(lora_rank=rank, precision=precision)
    path = make_job(spec, train=EXAMPLES[:2], heldout=HELDOUT)

    result = run(path)

    rewards, losses = curve(path, "heldout_reward"), curve(path, "heldout_loss")
    assert list(rewards) == list(losses) == list(range(7))
    best = max(range(1, 7), key=rewards.__getitem__)
    likeliest = min(range(1, 7), key=losses.__getitem__)
    assert best not in {likeliest, 6}
    assert result["chosen_step"] == best
    assert result["scored_prompts"] == len(ASKED)
    assert result["heldout_reward_before"] == rewards[0]
    assert result["heldout_reward"] == rewards[best]
    assert result["heldout_loss"] == losses[best]
    assert f"the model of step {best} has the highest reward" in (path / "events.jsonl").read_text()
    for step, folder in ((0, tiny_folder), (best, path / "model")):
        assert fmean(rewards_of(folder, scorer)) == pytest.approx(rewards[step], abs=1e-4)


def test_scoring_changes_nothing_of_the_training(make_job, by_reward):
    """The last epoch's model is the same with it as without."""
    tables = {"train": EXAMPLES[:8], "heldout": HELDOUT}
    one = make_job(by_reward(epochs=1, learning_rate=1e-3), "one", **tables)
    other = make_job(by_reward(epochs=1, learning_rate=1e-3, kept="last"), "other", **tables)

    result, without = run(one), run(other)

    assert without["heldout_reward"] is without["heldout_reward_before"] is None
    assert without["scored_prompts"] == 0
    assert not curve(other, "heldout_reward")
    assert result["chosen_step"] == without["chosen_step"] == 4
    expected = weights_of(other)
    assert all(torch.equal(value, expected[name]) for name, value in weights_of(one).items())


def test_the_texts_are_shown_with_their_rewards(make_job, by_reward, scorer, tiny_folder):
    path = make_job(by_reward(epochs=1), train=EXAMPLES[:2], heldout=HELDOUT)
    run(path)
    events = [json.loads(line) for line in (path / "events.jsonl").read_text().splitlines()]

    shown = [event["data"] for event in events if event["kind"] == "sample"]

    assert [one["step"] for one in shown] == [0, 1]
    found = {one["prompt_id"]: one["reward"] for one in shown[0]["samples"]}
    rewards = rewards_of(tiny_folder, scorer)
    assert found == pytest.approx(dict(zip((7, 8, 9), rewards, strict=True)), abs=1e-4)
    asked = {row["prompt_id"]: row["messages"][-1]["content"] for row in ASKED}
    assert {one["prompt_id"]: one["prompt"] for one in shown[0]["samples"]} == asked
    measuring = [event["data"] for event in events if event["data"].get("phase") == "measure"]
    assert (measuring[-1]["step"], measuring[-1]["total"]) == (3, 3)


def test_the_same_few_prompts_are_scored_each_time(make_job, by_reward, tiny_policy):
    model, chat = tiny_policy
    rows = [{**HELDOUT[0], "prompt_id": number} for number in range(40)]
    spec = by_reward(score_prompts=5)
    with JobFolder(make_job(spec, train=EXAMPLES[:2], heldout=rows)) as folder:
        first, second = (Writer.of(folder, spec, chat, Tuning()) for _ in range(2))
        assert first is not None
        assert second is not None
        asked = [row["prompt_id"] for row in first.prompts]
        assert (len(set(asked)), asked) == (5, [row["prompt_id"] for row in second.prompts])
        assert asked != list(range(5))
        told = [first.mean_reward(model, 0), second.mean_reward(model, 0)]
    assert told[0] == told[1]


@pytest.mark.parametrize("end", [2, 4])
def test_an_epoch_whose_reward_was_not_kept_is_scored_when_the_run_goes_on(
    make_job, by_reward, monkeypatch, end
):
    spec = by_reward(epochs=3, checkpoint_every=1)
    tables = {"train": EXAMPLES[:4], "heldout": HELDOUT}
    whole, cut = make_job(spec, "whole", **tables), make_job(spec, "cut", **tables)
    expected = run(whole)
    measure = sft.SFTRun.measure

    def killed(self: sft.SFTRun, step: int) -> None:
        measure(self, step)
        if step == end:
            raise KilledError

    monkeypatch.setattr(sft.SFTRun, "measure", killed)
    with pytest.raises(KilledError):
        run(cut)
    monkeypatch.undo()

    result = run(cut)

    assert result == {**expected, "seconds": result["seconds"]}
    assert curve(cut, "heldout_reward") == curve(whole, "heldout_reward")
    weights = weights_of(whole)
    assert all(torch.equal(value, weights[name]) for name, value in weights_of(cut).items())


@pytest.mark.slow
def test_a_killed_process_goes_on_to_the_same_choice(make_job, by_reward, start_stage):
    spec = by_reward(epochs=12, learning_rate=1e-3, checkpoint_every=5, batch_size=8)
    tables = {"train": EXAMPLES, "heldout": HELDOUT}
    whole, parts = make_job(spec, "whole", **tables), make_job(spec, "parts", **tables)
    run(whole)
    first = start_stage("sft", parts)
    wait_for(parts / "events.jsonl", first, '"step": 13,')
    first.send_signal(signal.SIGKILL)
    first.wait(60)
    assert not (parts / "model").exists()

    second = start_stage("sft", parts)

    assert second.wait(120) == 0, second.communicate()[0]
    assert "going on from step-" in (parts / "events.jsonl").read_text()
    assert curve(parts, "heldout_reward") == curve(whole, "heldout_reward")
    chosen = [json.loads((path / "result.json").read_text()) for path in (whole, parts)]
    assert chosen[0]["chosen_step"] == chosen[1]["chosen_step"]
    expected = weights_of(whole)
    assert all(torch.equal(value, expected[name]) for name, value in weights_of(parts).items())


def test_a_stop_is_heard_while_texts_are_written(make_job, by_reward, tiny_policy):
    model, chat = tiny_policy
    spec = by_reward()
    with JobFolder(make_job(spec, train=EXAMPLES[:2], heldout=HELDOUT)) as folder:
        writer = Writer.of(folder, spec, chat, Tuning())
        assert writer is not None
        folder.request_stop()
        with pytest.raises(StoppedError):
            writer.mean_reward(model, 0)


def test_without_a_prompt_or_a_reward_model_nothing_begins(make_job, by_reward):
    bare = make_job(by_reward(), "bare", train=EXAMPLES[:2])
    with pytest.raises(BadInputError, match=r"no held-out demonstration's prompt .* none"):
        run(bare)
    long = make_job(by_reward(max_new_tokens=1020), "long", train=EXAMPLES[:2], heldout=HELDOUT)
    with pytest.raises(BadInputError, match=r"left out: {'too_long': \[7, 8, 9\]}"):
        run(long)
    with pytest.raises(ValueError, match="no reward model is named"):
        by_reward(reward_model="")


def test_a_reward_model_that_reads_other_conversations_is_refused(
    make_job, by_reward, tiny_folder, tmp_path
):
    model, chat = random_reward_model(tiny_folder)
    chat.tokenizer.chat_template = NO_SYSTEM_TURNS
    write_folder(tmp_path / "other", lambda to: model.save(to, type(chat)(chat.tokenizer)))
    spec = by_reward(reward_model=str(tmp_path / "other"))

    with pytest.raises(BadInputError, match="write conversations differently"):
        run(make_job(spec, train=EXAMPLES[:2], heldout=HELDOUT))


def test_a_model_samples_without_what_its_trainer_put_around_it():
    model, _ = tiny.make()
    model.train()
    model.config.output_router_logits = True

    def forward() -> None:
        raise AssertionError

    model.forward = forward

    with as_it_samples(model):
        assert (model.training, model.config.output_router_logits) == (False, False)
        model(torch.tensor([[1, 2]]))

    assert model.forward is forward
    assert (model.training, model.config.output_router_logits) == (True, True)
