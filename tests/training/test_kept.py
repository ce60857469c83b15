"""What a run keeps, and what it leaves with."""

import pytest
import torch
from torch import nn

from training.contract.manifest import verify
from training.errors import DivergedError, StoppedError
from training.kept import Kept
from training.processes import Alone
from training.state import State


class Folder:
    """The part of a job's folder that matters here."""

    is_main = True

    def __init__(self, checkpoints) -> None:
        self.checkpoints = checkpoints
        self.stop_requested = False
        self.said: list[str] = []

    def log(self, text: str) -> None:
        self.said.append(text)

    def warn(self, text: str) -> None:
        self.said.append(f"warning: {text}")


def kept_in(folder: Folder, *, seed: int) -> Kept:
    torch.manual_seed(seed)
    module = nn.Linear(2, 2)
    optimiser = torch.optim.Adam(module.parameters())
    module(torch.ones(1, 2)).sum().backward()
    optimiser.step()
    optimiser.zero_grad()
    state = State(modules={"model": module}, optimisers={"adam": optimiser}, tensors={})
    return Kept(folder, state, Alone())


def test_a_run_goes_on_from_the_newest_checkpoint_that_is_whole(tmp_path):
    folder = Folder(tmp_path / "checkpoints")
    former, later = kept_in(folder, seed=1), kept_in(folder, seed=2)
    assert later.resume() == {"step": 0}
    former.keep(3, score=0.5)
    later.keep(4)
    (folder.checkpoints / "step-4" / "state.json").write_text("{}")

    now = kept_in(folder, seed=9)
    assert now.resume() == {"step": 3, "score": 0.5}

    assert folder.said == [
        "warning: step-4: state.json has 2 bytes, 12 expected",
        "going on after step 3",
    ]
    expected = former.state.modules["model"].state_dict()
    for name, tensor in now.state.modules["model"].state_dict().items():
        assert torch.equal(tensor, expected[name])


def test_a_run_that_is_asked_to_leaves_with_a_checkpoint(tmp_path):
    folder = Folder(tmp_path / "checkpoints")
    run = kept_in(folder, seed=1)
    run.leave_if_asked(2)
    assert not folder.checkpoints.exists()
    folder.stop_requested = True

    with pytest.raises(StoppedError, match="before step 3, checkpoint written"):
        run.leave_if_asked(2)

    verify(folder.checkpoints / "step-2")
    run.forget(2)
    assert run.resume() == {"step": 0}


def test_a_stop_keeps_nothing_that_is_not_finite(tmp_path):
    folder = Folder(tmp_path / "checkpoints")
    run = kept_in(folder, seed=1)
    nn.init.constant_(run.state.modules["model"].bias, float("inf"))
    folder.stop_requested = True

    with pytest.raises(DivergedError, match="the model has parameters that are not finite"):
        run.leave_if_asked(2)

    assert not folder.checkpoints.exists()
