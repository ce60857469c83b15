"""What a model's context has no room for is left out and counted, whatever the settings say."""

import json
from dataclasses import replace
from importlib import import_module
from typing import Any

import pytest

from tests.training.architectures import folder_of
from training.folder import JobFolder
from training.trial import DEMONSTRATIONS, PROMPTS, RANKINGS

LONG = "word " * 100


@pytest.mark.parametrize("stage", ["sft", "reward", "dpo"])
def test_a_text_beyond_the_context_is_left_out(make_job: Any, tmp_path: Any, stage: str) -> None:
    """A model that learned its positions has none for it."""
    base = folder_of(tmp_path / "base", "gpt2", n_positions=64, max_position_embeddings=64)
    spec, _ = import_module(f"training.{stage}.trial").job({"base_model": base, "sft": str(base)})
    spec = replace(spec, model=str(base), max_tokens=4096)
    ranking = RANKINGS[0] | {"completions": ["No.", LONG, "Yes."], "finished": [True] * 3}
    long = {
        "sft": {"train": [*DEMONSTRATIONS[:1], PROMPTS[0] | {"completion": LONG}]},
        "reward": {"train": [ranking], "demonstrations": [PROMPTS[0] | {"completion": LONG}]},
        "dpo": {"train": [ranking]},
    }[stage]
    path = make_job(spec, **long)

    with JobFolder(path) as folder:
        getattr(import_module(f"training.{stage}.trainer"), stage)(folder)

    dropped = json.loads((path / "result.json").read_text())["dropped"]
    assert list(dropped.values()) == [[0]]
