"""On a disk that is really full a trainer leaves nothing half-written, and says so by its exit."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.small_disk import fill, small_disk
from tests.training.conftest import ROOT, ask
from training.contract import disk, events
from training.contract.manifest import verify
from training.generate.spec import GenerateSpec
from training.sft.spec import SFTSpec
from training.stage import known_error

EXAMPLES = [{"messages": ask(f"Question {n}?"), "completion": "the good bird"} for n in range(8)]


def run(*words: str, folder: Path) -> int:
    """Run a stage as a worker does, its output on the same disk; the exit status."""
    with (folder / "output.log").open("ab") as output:
        process = subprocess.run(
            [sys.executable, *words, str(folder)],
            cwd=ROOT,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            stdout=output,
            stderr=output,
            check=False,
        )
    return process.returncode


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.slow
@pytest.mark.parametrize("kilobytes", [700, 1536])
def test_sft_leaves_whole_checkpoints_or_none(make_job, tiny_folder, tmp_path, kilobytes):
    """Its libraries write checkpoints of their own first, and report a full disk each otherwise."""
    spec = SFTSpec(model=str(tiny_folder), epochs=3, batch_size=4, checkpoint_every=1)
    with small_disk(tmp_path / "small", kilobytes=kilobytes):
        job = make_job(spec, "small/job", train=EXAMPLES, heldout=EXAMPLES[:1])

        assert run("-m", "training.sft", folder=job) == events.NO_SPACE

        assert set(left(job)) <= {
            *("checkpoints", "data", "error.json", "events.jsonl", "job.json", "lock"),
            "output.log",
        }
        for checkpoint in (job / "checkpoints").glob("*"):
            verify(checkpoint)


STAGE = """
from training.stage import main

def stage(folder):
    if {fails}:
        raise RuntimeError("PytorchStreamWriter failed writing file data/0: file write failed")
    folder.result({{"x": "y" * 10000}})

main(stage)
"""


@pytest.mark.parametrize("fails", [True, False])
def test_where_no_byte_can_be_written_the_exit_status_tells(make_job, tmp_path, fails):
    with small_disk(tmp_path / "small", kilobytes=256) as small:
        job = make_job(GenerateSpec(model=""), "small/job")
        fill(small)

        assert run("-c", STAGE.format(fails=fails), folder=job) == events.NO_SPACE

        assert not list(job.rglob("tmp-*"))
        assert not (job / "result.json").exists()


def test_an_error_that_follows_from_a_full_disk_is_known_as_one():
    try:
        try:
            raise OSError(28, "No space left on device")
        except OSError:
            raise ValueError("cannot be saved") from None
    except ValueError as error:
        known = known_error(error)

    assert known is not None
    assert known.code == "no_space"


def test_what_is_half_written_is_removed_and_nothing_else(tmp_path):
    for name in (
        "trainer/checkpoint-9/x",
        "tmp-result.json",
        "checkpoints/tmp-1/x",
        "output/tmp-a",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    (tmp_path / "checkpoints/step-1").mkdir()

    disk.clear(tmp_path)

    assert sorted(str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*")) == [
        "checkpoints",
        "checkpoints/step-1",
        "output",
    ]
