"""What tests of evaluation ask for."""

import json
from pathlib import Path

import pyarrow.parquet as pq

from tests.training.conftest import ask
from training.evaluate import trainer as evaluate
from training.evaluate.spec import EvaluateSpec
from training.folder import JobFolder

PROMPTS = [{"prompt_id": number, "messages": ask(f"Question {number}?")} for number in range(6)]


def spec_of(tiny_folder, other_folder, **values):
    return EvaluateSpec(
        models={"base": str(tiny_folder), "other": str(other_folder)},
        reference=str(tiny_folder),
        max_new_tokens=24,
        samples_per_prompt=2,
        batch_size=4,
        **values,
    )


def run(path: Path) -> dict:
    with JobFolder(path) as folder:
        evaluate.evaluate(folder)
    result = json.loads((path / "result.json").read_text())
    assert result.keys() == EvaluateSpec.results.keys()
    return result


def samples_of(path: Path, model: str) -> list[dict]:
    rows = pq.read_table(path / "output" / "samples.parquet").to_pylist()
    return [row for row in rows if row["model"] == model]
