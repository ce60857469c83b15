"""Fine-tuning learns completions and their ends, whatever the batching and the interruptions."""

import json
import signal
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from transformers import TrainerCallback

from tests.training.conftest import ask, wait_for
from training import tiny
from training.artifacts import newest_verified
from training.chat import Chat
from training.contract.manifest import verify
from training.errors import BadInputError, DivergedError
from training.folder import JobFolder
from training.sft import trainer as sft
from training.sft.examples import to_example
from training.sft.spec import SFTSpec
from training.tuning import Tuning

WORDS = ["the", "good", "green", "bird", "works", "and", "the", "old", "house", "is", "warm"]
EXAMPLES = [
    {
        "messages": ask(f"Question {number}?"),
        "completion": " ".join(WORDS[number % 5 : 3 + number % 9]),
    }
    for number in range(24)
]


def spec_of(tiny_folder, **values) -> SFTSpec:
    defaults = {"epochs": 2, "batch_size": 8, "learning_rate": 3e-3, "checkpoint_every": 2}
    return SFTSpec(model=str(tiny_folder), **defaults | values)


def run(path: Path) -> dict:
    with JobFolder(path) as folder:
        sft.sft(folder)
    result = json.loads((path / "result.json").read_text())
    assert result.keys() == SFTSpec.results.keys()
    return result


def metrics_of(path: Path) -> list[tuple[int, dict]]:
    events = [json.loads(line) for line in (path / "events.jsonl").read_text().splitlines()]
    return [
        (event["data"]["step"], event["data"]["values"])
        for event in events
        if event["kind"] == "metric"
    ]


@pytest.mark.parametrize("pad_is_eos", [False, True])
def test_loss_is_on_the_completion_with_its_end_and_nothing_else(pad_is_eos):
    chat = Chat(tiny.tokenizer(pad_is_eos=pad_is_eos))
    prompt = chat.prompt(ask("Hi"))
    completion = chat.completion("Hello<|im_end|>", finished=True)

    example = to_example(prompt, completion)

    assert example["input_ids"] == prompt + completion
    assert example["labels"] == [-100] * len(prompt) + completion
    assert example["labels"][-1] == chat.eos_id
    assert example["labels"].count(chat.eos_id) == 1


def test_demonstrations_are_read_with_their_end(make_job, tiny_folder, tiny_policy):
    spec, chat = spec_of(tiny_folder), tiny_policy[1]
    with JobFolder(make_job(spec, train=EXAMPLES[:2])) as folder:
        examples, dropped = sft.read_examples(folder, "train", spec, chat)

    assert examples == [
        to_example(
            chat.prompt(row["messages"]), [*chat.completion(row["completion"], False), chat.eos_id]
        )
        for row in EXAMPLES[:2]
    ]
    assert dropped == {}


@pytest.mark.parametrize(
    ("batch", "at_most", "expected"),
    [(32, 4, (4, 8)), (32, 64, (32, 1)), (6, 4, (3, 2)), (7, 4, (1, 7)), (1, 4, (1, 1))],
)
def test_micro_batches_make_up_the_batch(batch, at_most, expected):
    assert sft.micro_batches(batch, at_most) == expected


def test_training_lowers_the_heldout_loss_and_saves_a_whole_model(make_job, tiny_folder):
    path = make_job(spec_of(tiny_folder), train=EXAMPLES, heldout=EXAMPLES[:4])

    result = run(path)

    assert (result["steps"], result["examples"], result["heldout_examples"]) == (6, 24, 4)
    assert (result["dropped_examples"], result["dropped"]) == (0, {})
    assert result["heldout_loss"] < result["heldout_loss_before"] - 0.5
    assert "model.safetensors" in verify(path / "model")
    assert sorted(folder.name for folder in (path / "checkpoints").iterdir()) == [
        "best-6",
        "step-4",
        "step-6",
    ]


def test_metrics_are_logged_for_each_step(make_job, tiny_folder):
    path = make_job(spec_of(tiny_folder, epochs=1), train=EXAMPLES, heldout=EXAMPLES[:4])
    result = run(path)
    metrics = metrics_of(path)

    assert [step for step, values in metrics if "loss" in values] == [1, 2, 3]
    assert [(step, values) for step, values in metrics if "heldout_loss" in values] == [
        (0, {"heldout_loss": result["heldout_loss_before"]}),
        (3, {"heldout_loss": result["heldout_loss"]}),
    ]
    rates = [values["learning_rate"] for _, values in metrics if "loss" in values]
    assert rates[0] == pytest.approx(3e-3)
    assert rates == sorted(rates, reverse=True)
    assert rates[-1] > 3e-4


def test_learning_rate_ends_at_a_tenth(make_job, tiny_folder):
    path = make_job(spec_of(tiny_folder, epochs=8), train=EXAMPLES, heldout=[EXAMPLES[0]])
    run(path)

    rates = [values["learning_rate"] for _, values in metrics_of(path) if "loss" in values]

    assert rates[-1] == pytest.approx(3e-4, rel=0.1)


def test_long_examples_are_dropped_counted_and_named_not_cut(make_job, tiny_folder):
    long = {"prompt_id": 7, "messages": ask("Hi"), "completion": "word " * 200}
    heldout = [EXAMPLES[0], {**long, "prompt_id": 8}]
    spec = spec_of(tiny_folder, epochs=1, max_tokens=100)

    result = run(make_job(spec, train=[*EXAMPLES, long], heldout=heldout))

    assert (result["examples"], result["heldout_examples"]) == (24, 1)
    assert (result["dropped_examples"], result["dropped"]) == (2, {"too_long": [7, 8]})


def test_nothing_to_train_on_is_refused(make_job, tiny_folder):
    spec = spec_of(tiny_folder, max_tokens=5)

    with pytest.raises(BadInputError, match=r"is left to train on; left out: {'too_long': 24}"):
        run(make_job(spec, train=EXAMPLES, heldout=EXAMPLES[:1]))


def test_divergence_stops_the_run_and_keeps_earlier_checkpoints(make_job, tiny_folder):
    spec = spec_of(tiny_folder, learning_rate=1e30, checkpoint_every=1)
    path = make_job(spec, train=EXAMPLES, heldout=EXAMPLES[:1])

    with pytest.raises(DivergedError, match="the loss is nan at step"):
        run(path)

    assert not (path / "model").exists()
    assert newest_verified(path / "checkpoints") is not None


class Gradients(TrainerCallback):
    def __init__(self) -> None:
        self.values: dict[str, torch.Tensor] = {}

    def on_pre_optimizer_step(self, args, state, control, model, **_) -> None:
        self.values = {name: value.grad.clone() for name, value in model.named_parameters()}


def gradients(folder: JobFolder, tiny_folder: Path, micro_batch_size: int) -> dict:
    spec = spec_of(tiny_folder, epochs=1, micro_batch_size=micro_batch_size)
    model, chat = sft.load_policy(tiny_folder)
    examples, _ = sft.read_examples(folder, "train", spec, chat)
    trainer = sft.new_trainer(
        folder,
        spec,
        Tuning(),
        model,
        chat,
        examples,
        sft.SFTRun(folder, model, chat, [], base=spec.model),
    )
    grabbed = Gradients()
    trainer.add_callback(grabbed)
    trainer.train()
    return grabbed.values


def test_gradient_does_not_depend_on_accumulation(make_job, tiny_folder):
    """Completions of different lengths: a mean of means would differ."""
    path = make_job(spec_of(tiny_folder), train=EXAMPLES[:8])
    with JobFolder(path) as folder:
        once = gradients(folder, tiny_folder, 8)
        eightfold = gradients(folder, tiny_folder, 1)

    for name, value in once.items():
        assert (value - eightfold[name]).norm() <= 1e-6 * value.norm(), name


def weights_of(path: Path) -> dict[str, torch.Tensor]:
    return load_file(path / "model" / "model.safetensors")


def losses_of(path: Path) -> tuple[float, float]:
    result = json.loads((path / "result.json").read_text())
    return result["heldout_loss_before"], result["heldout_loss"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("sent", "rank"), [(signal.SIGKILL, 0), (signal.SIGTERM, 0), (signal.SIGKILL, 4)]
)
def test_interrupted_process_goes_on_to_the_same_weights(
    make_job, tiny_folder, start_stage, sent, rank
):
    spec = spec_of(tiny_folder, epochs=12, learning_rate=1e-3, checkpoint_every=5, lora_rank=rank)
    tables = {"train": EXAMPLES, "heldout": EXAMPLES[:2]}
    whole, parts = make_job(spec, "whole", **tables), make_job(spec, "parts", **tables)
    run(whole)
    first = start_stage("sft", parts)
    wait_for(parts / "events.jsonl", first, '"step": 7,')
    first.send_signal(sent)
    assert first.wait(60) == (-signal.SIGKILL if sent == signal.SIGKILL else 75)
    assert not (parts / "model").exists()

    second = start_stage("sft", parts)

    assert second.wait(120) == 0, second.communicate()[0]
    assert "going on from step-" in (parts / "events.jsonl").read_text()
    numbers = [json.loads(line)["n"] for line in (parts / "events.jsonl").read_text().splitlines()]
    assert numbers == list(range(1, len(numbers) + 1))
    expected = weights_of(whole)
    assert all(torch.equal(value, expected[name]) for name, value in weights_of(parts).items())
    assert losses_of(parts) == losses_of(whole)
