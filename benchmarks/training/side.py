"""One side of one measurement, or what comes before all: `python -m benchmarks.training.side FILE`.

The file says which, and gets what was found.
"""

import json
import os
import resource
import sys
import warnings
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")
warnings.simplefilter("ignore")

import torch  # noqa: E402 the environment comes first
from transformers.utils import logging  # noqa: E402

from benchmarks.training import material, ours, sizes  # noqa: E402
from training.models import load_policy  # noqa: E402
from training.tuning import Tuning  # noqa: E402

logging.set_verbosity_error()


def peak_mb() -> float:
    if torch.cuda.is_available():
        return torch.cuda.max_memory_allocated() / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


def prepare(told: ours.Told, size: sizes.Sizes) -> ours.Found:
    """The models, which all sides read."""
    if not Path(told["model"]).is_dir():
        material.write_model(Path(told["model"]), size)
    for name, rank in (told["reward_model"], 0), (told["reward_lora"], size.lora_rank):
        tuning = Tuning(lora_rank=rank, compute=getattr(torch, told["dtype"]))
        material.write_reward(Path(name), Path(told["model"]), tuning)
    return {"parameters": load_policy(told["model"])[0].num_parameters()}


def main(file: Path) -> None:
    told = json.loads(file.read_text())
    size = sizes.of(told["device"], tiny=told["tiny"])
    if threads := told["threads"] or int(told["tiny"]):
        torch.set_num_threads(threads)
    if told["side"] == "prepare":
        found = prepare(told, size)
    elif told["side"] == "ours":
        found = ours.SIDE[told["what"]](told, size)
    else:
        from benchmarks.training import peers

        found = peers.SIDE[told["what"]](told, size)
    file.with_suffix(".found").write_text(json.dumps({**found, "mb": peak_mb()}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
