"""`datasets` and TRL take the exports as they are."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from labeling.models import Role
from tests.api.kitchen import DATASETS, bearer, get_rows
from tests.factories import make_member

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def kitchen(kept_kitchen):
    return kept_kitchen


@pytest.mark.parametrize("dataset", DATASETS)
@pytest.mark.parametrize(("extension", "loader"), [("jsonl", "json"), ("parquet", "parquet")])
def test_datasets_loads_it_as_it_is(client, kitchen, dataset, extension, loader, tmp_path):
    datasets = pytest.importorskip("datasets")
    path = f"/api/v1/projects/kitchen/exports/{dataset}.{extension}"
    headers = bearer(make_member(kitchen, role=Role.MANAGER))
    file = tmp_path / f"{dataset}.{extension}"
    file.write_bytes(b"".join(client.get(path, headers=headers).streaming_content))
    loaded = datasets.load_dataset(
        loader, data_files=str(file), split="train", cache_dir=str(tmp_path / "cache")
    )
    assert loaded.to_list() == get_rows(client, kitchen, dataset)


TRAIN = """
import sys
from pathlib import Path

from datasets import load_dataset
from trl import (DPOConfig, DPOTrainer, KTOConfig, KTOTrainer, RewardConfig, RewardTrainer,
                 SFTConfig, SFTTrainer)

from training import tiny

folder = Path(sys.argv[1])
tiny.write(folder / "model")
common = dict(max_steps=1, per_device_train_batch_size=2, report_to=[], use_cpu=True,
              save_strategy="no", disable_tqdm=True)


def rows(name):
    return load_dataset("json", data_files=str(folder / f"{name}.jsonl"), split="train",
                        cache_dir=str(folder / "cache"))


dpo = DPOTrainer(model=str(folder / "model"), train_dataset=rows("preferences"),
                 args=DPOConfig(output_dir=str(folder / "dpo"), **common))
print("dpo", dpo.train().training_loss)
sft = SFTTrainer(model=str(folder / "model"), train_dataset=rows("demonstrations"),
                 args=SFTConfig(output_dir=str(folder / "sft"), **common))
print("sft", sft.train().training_loss)
chats = SFTTrainer(model=str(folder / "model"), train_dataset=rows("conversations"),
                   args=SFTConfig(output_dir=str(folder / "chats"), **common))
print("chats", chats.train().training_loss)
kto = KTOTrainer(model=str(folder / "model"), train_dataset=rows("unpaired"),
                 args=KTOConfig(output_dir=str(folder / "kto"), **common))
print("kto", kto.train().training_loss)
reward = RewardTrainer(model=str(folder / "model"), train_dataset=rows("preferences"),
                       args=RewardConfig(output_dir=str(folder / "reward"), **common))
print("reward", reward.train().training_loss)
"""


@pytest.mark.slow
def test_trl_trains_on_it_as_it_is(client, kitchen, tmp_path):
    headers = bearer(make_member(kitchen, role=Role.MANAGER))
    for dataset in ("preferences", "demonstrations", "conversations", "unpaired"):
        response = client.get(f"/api/v1/projects/kitchen/exports/{dataset}.jsonl", headers=headers)
        (tmp_path / f"{dataset}.jsonl").write_bytes(b"".join(response.streaming_content))
    done = subprocess.run(
        [sys.executable, "-c", TRAIN, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=300,
        env={**os.environ, "PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1"},
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    names = {"dpo", "sft", "chats", "kto", "reward"}
    said = [line.split() for line in done.stdout.splitlines()]
    losses = {line[0]: float(line[1]) for line in said if line and line[0] in names}
    assert losses.keys() == names
    assert losses["dpo"] == pytest.approx(0.6931, abs=1e-3)  # log 2: the policy is the reference
    assert losses["kto"] == pytest.approx(0.5, abs=0.01)  # 1 - sigmoid(0), as it is there too
    assert all(0 < loss < 20 for loss in losses.values())
