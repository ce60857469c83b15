"""DPO with low-rank matrices beside weights that keep still."""

import torch

from tests.training.dpo.test_trainer import PROMPTS, make_start, run, spec_of, weights_of
from tests.training.reward.test_trainer import rows


def test_with_lora_the_weights_keep_still_and_matrices_beside_them_learn(make_job, tiny_folder):
    spec = spec_of(tiny_folder, learning_rate=1e-2, lora_rank=4)
    path = make_job(spec, train=rows(32), heldout=rows(8, first=1000), samples=PROMPTS)

    result = run(path)

    assert result["heldout"]["accuracy"] > 0.7
    assert result["kl_k3"] > 0
    assert (path / "model" / "adapter" / "adapter_model.safetensors").is_file()
    start, learned = weights_of(make_start(path, tiny_folder)), weights_of(path)
    assert torch.equal(start["lm_head.weight"], learned["lm_head.weight"])
    assert sum(not torch.equal(start[name], learned[name]) for name in start) > 4
