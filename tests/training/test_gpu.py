"""On a GPU; `pytest -m gpu` runs these where there is one, and test_tuning.py serves there too."""

import json

import pytest
import torch

from tests.training.ppo.setting import SPEC
from training import trial
from training.folder import JobFolder
from training.generate import trainer as generate
from training.generate.spec import GenerateSpec
from training.models import load_policy
from training.sampling import Request, Sampling, decoding, recording, sample
from training.trial import PROMPTS, try_stages

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU"),
]


def test_every_stage_takes_a_step(tiny_folder, tmp_path):
    """Sampling, and that what sampled is what is trained, among it."""
    model, chat = load_policy(tiny_folder)
    assert model.device.type == "cuda"

    try_stages(model, chat, beside=tmp_path / "model")

    assert {"sft", "reward", "ppo", "generate"} <= {name for name, _module in trial.trials()}


def test_completions_are_written(make_job, tiny_folder):
    spec = GenerateSpec(model=str(tiny_folder), max_new_tokens=SPEC.max_new_tokens)
    path = make_job(spec, prompts=[{**prompt, "n": 3} for prompt in PROMPTS])

    with JobFolder(path) as folder:
        generate.generate(folder)

    assert json.loads((path / "result.json").read_text())["completions"] == 6


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_a_recorded_step_draws_what_a_taken_one_draws(tiny_folder, dtype, monkeypatch):
    model, chat = load_policy(tiny_folder, dtype=dtype)
    requests = [Request(list(range(3, 9 + n)), [n, 100 + n]) for n in range(20)]
    played = []
    play = recording.Recorded.play
    monkeypatch.setattr(
        recording.Recorded, "play", lambda self: (played.append(self.graph), play(self))[1]
    )

    samples = []
    for recorded in ({"cuda"}, set()):
        monkeypatch.setattr(decoding, "RECORDED", recorded)
        some = sample(
            model, requests, sampling=Sampling(max_new_tokens=60), chat=chat, batch_size=16
        )
        samples.append([one for group in some for one in group])

    assert played
    assert None not in played
    if dtype == torch.float32:
        assert [one.ids for one in samples[0]] == [one.ids for one in samples[1]]
    for one in samples[0]:
        assert one.finished == (one.ids[-1] in chat.stop_ids)
        assert all(logprob <= 0 for logprob in one.logprobs)
