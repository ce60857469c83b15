"""A folder is as its manifest says, or the first difference is named."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from training.contract import manifest
from training.contract.manifest import ManifestError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    model = tmp_path / "model"
    (model / "parts").mkdir(parents=True)
    (model / "weights.safetensors").write_bytes(b"weights" * 1000)
    (model / "parts" / "one.json").write_text("{}")
    manifest.write(model, manifest.scan(model))
    return model


def test_every_file_is_named_with_size_and_sum(folder: Path) -> None:
    files = manifest.verify(folder)

    assert sorted(files) == ["parts/one.json", "weights.safetensors"]
    assert files["parts/one.json"] == {
        "size": 2,
        "sha256": "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
    }
    content = json.loads((folder / "MANIFEST.json").read_text())
    assert content == {"version": 1, "files": files}
    assert manifest.verify(folder, files) == files


def test_the_address_depends_on_the_content_and_not_on_its_order(folder: Path) -> None:
    files = manifest.scan(folder)

    assert manifest.digest_of(files) == (
        "5ada6e996d58a0af479e6b2f43bf6cd1559bcc6bb59a23f46565a6f82299d68d"
    )
    assert manifest.digest_of(dict(reversed(files.items()))) == manifest.digest_of(files)


def flip_byte(folder: Path) -> None:
    path = folder / "weights.safetensors"
    content = bytearray(path.read_bytes())
    content[500] ^= 1
    path.write_bytes(content)


def truncate(folder: Path) -> None:
    os.truncate(folder / "weights.safetensors", 6999)


def add_file(folder: Path) -> None:
    (folder / "extra.bin").touch()


def remove_file(folder: Path) -> None:
    (folder / "parts" / "one.json").unlink()


def remove_manifest(folder: Path) -> None:
    (folder / "MANIFEST.json").unlink()


def cut_manifest(folder: Path) -> None:
    os.truncate(folder / "MANIFEST.json", 40)


def link_file(folder: Path) -> None:
    target = folder.parent / "elsewhere"
    (folder / "weights.safetensors").rename(target)
    (folder / "weights.safetensors").symlink_to(target)


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (flip_byte, "model: weights.safetensors has changed"),
        (truncate, "model: weights.safetensors has 6999 bytes, 7000 expected"),
        (add_file, "model: extra.bin is not in the manifest"),
        (remove_file, "model: parts/one.json is missing"),
        (remove_manifest, "model has no MANIFEST.json that can be read"),
        (cut_manifest, "model has no MANIFEST.json that can be read"),
        (link_file, "model: weights.safetensors is missing"),
    ],
)
def test_damage_is_named(folder: Path, damage: Callable[[Path], None], reason: str) -> None:
    damage(folder)

    with pytest.raises(ManifestError) as refusal:
        manifest.verify(folder)

    assert str(refusal.value) == reason
