"""Folders that are whole or not there."""

import errno
from pathlib import Path

import pytest

from training.artifacts import newest_verified, write_checkpoint, write_folder
from training.contract import manifest
from training.contract.manifest import verify
from training.errors import NoSpaceError


def fill(target: Path) -> None:
    (target / "weights.safetensors").write_bytes(b"weights" * 1000)
    (target / "parts").mkdir()
    (target / "parts" / "one.json").write_text("{}")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_written_folder_verifies(tmp_path):
    write_folder(tmp_path / "model", fill)

    assert sorted(verify(tmp_path / "model")) == ["parts/one.json", "weights.safetensors"]
    assert names(tmp_path) == ["model"]


def test_folder_is_replaced_as_a_whole(tmp_path):
    write_folder(tmp_path / "model", fill)

    write_folder(tmp_path / "model", lambda target: (target / "new").touch())

    assert names(tmp_path / "model") == ["MANIFEST.json", "new"]
    assert names(tmp_path) == ["model"]


def flip_byte(folder: Path) -> None:
    path = folder / "weights.safetensors"
    content = bytearray(path.read_bytes())
    content[500] ^= 1
    path.write_bytes(content)


def empty(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_file():
            path.unlink()


def test_newest_good_checkpoint_is_found_and_bad_ones_are_named(tmp_path):
    for step in (9, 10, 100):
        write_checkpoint(tmp_path, step, fill)
    flip_byte(tmp_path / "step-100")
    reasons: list[str] = []

    found = newest_verified(tmp_path, on_skip=reasons.append)

    assert found == tmp_path / "step-10"
    assert reasons == ["step-100: weights.safetensors has changed"]
    assert names(tmp_path) == ["step-10"]


def test_no_checkpoint_where_all_are_bad_or_none_is_there(tmp_path):
    write_checkpoint(tmp_path / "bad", 1, fill)
    empty(tmp_path / "bad" / "step-1")

    assert newest_verified(tmp_path / "bad") is None
    assert newest_verified(tmp_path / "none") is None


def test_last_two_checkpoints_are_kept_and_leftovers_removed(tmp_path):
    (tmp_path / "tmp-killed").mkdir()

    for step in (8, 9, 10, 11):
        write_checkpoint(tmp_path, step, fill)

    assert names(tmp_path) == ["step-10", "step-11"]


def test_full_disk_leaves_the_earlier_checkpoint(tmp_path, monkeypatch):
    write_checkpoint(tmp_path, 1, fill)

    def full(target: Path) -> None:
        fill(target)
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(NoSpaceError, match="no space left for step-2"):
        write_checkpoint(tmp_path, 2, full)

    assert names(tmp_path) == ["step-1"]
    assert newest_verified(tmp_path) == tmp_path / "step-1"


def test_full_disk_while_syncing_is_no_space_too(tmp_path, monkeypatch):
    def full(path: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(manifest, "sync", full)

    with pytest.raises(NoSpaceError):
        write_folder(tmp_path / "model", fill)

    assert names(tmp_path) == []
