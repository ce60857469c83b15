"""What of a folder of checkpoints travels: whatever they hold, whole ones and the newest only."""

from pathlib import Path

import pytest

from training.contract import manifest
from training.contract.manifest import ManifestError
from workers import needed


def checkpoint(folder: Path, *, content: str = "weights") -> None:
    folder.mkdir(parents=True)
    (folder / "part-0").write_text(content)
    manifest.write(folder, manifest.scan(folder))


@pytest.fixture
def checkpoints(tmp_path: Path) -> Path:
    """As a reward model with a learning curve, or SFT with its best epoch, leaves them."""
    folder = tmp_path / "checkpoints"
    for name in ("step-9", "step-10", "best-4", "half/step-3", "half/step-2"):
        checkpoint(folder / name, content=name)
    (folder / "step-11").mkdir()  # is being written
    (folder / "tmp-1").mkdir()
    (folder / "curve.json").write_text("{}")
    (folder / "next.new").write_text("{")
    return folder


def test_the_newest_of_each_place_and_what_lies_beside(checkpoints: Path) -> None:
    wanted = ["best-4", "half/step-3", "step-10"]
    state = needed.state_of(checkpoints)
    assert sorted(state) == sorted([*(f"{each}/MANIFEST.json" for each in wanted), "curve.json"])

    target = checkpoints.parent / "outgoing"
    files = needed.link(state, checkpoints, target)
    assert manifest.verify(target) == files == manifest.scan(target)
    assert {name.rpartition("/")[0] for name in files} == {*wanted, ""}
    assert (target / "step-10/part-0").stat().st_nlink == 2  # once on the disk


def test_a_checkpoint_that_goes_meanwhile_is_no_whole_one(checkpoints: Path) -> None:
    state = needed.state_of(checkpoints)
    (checkpoints / "step-10/part-0").unlink()

    with pytest.raises(FileNotFoundError):
        needed.link(state, checkpoints, checkpoints.parent / "outgoing")
    (checkpoints / "step-10/MANIFEST.json").unlink()
    with pytest.raises((FileNotFoundError, ManifestError)):
        needed.link(state, checkpoints, checkpoints.parent / "outgoing")


def test_nothing_is_needed_where_nothing_is(tmp_path: Path) -> None:
    assert needed.state_of(tmp_path / "none") == {}
