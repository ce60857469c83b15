"""Folders in a store at a URL are whole or not there, and what comes down is what went up."""

import os
from pathlib import Path
from typing import Any

import pytest

from core.errors import MissingFilesError, StoreUnreachableError
from registry import remote, server
from tests import s3
from tests.registry_folders import write_model
from tests.s3 import s3_endpoint  # noqa: F401  a fixture
from training.contract import manifest
from training.contract.manifest import ManifestError


@pytest.fixture(params=["file", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path, settings: Any) -> str:
    """Either sort of URL; nothing is there yet."""
    if request.param == "file":
        url, endpoint = f"file://{tmp_path}/store", ""
    else:
        endpoint = request.getfixturevalue("s3_endpoint")
        url = f"s3://{s3.BUCKET}/{request.node.name}"
    s3.use(settings, url, tmp_path / "cache", endpoint=endpoint)
    return url


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return write_model(tmp_path / "model")


def fresh(folder: Path) -> Path:
    folder.mkdir()
    return folder


def test_what_comes_down_is_what_went_up(store: str, model: Path, tmp_path: Path) -> None:
    files = manifest.read(model)
    assert not remote.is_whole("models/m", files)
    remote.upload(model, "models/m", files)

    assert remote.is_whole("models/m", files)
    remote.download("models/m", files, fresh(tmp_path / "down"))
    assert manifest.verify(tmp_path / "down") == files
    assert remote.manifest_at("models/m") == files
    assert remote.fault("models/m", files, quick=False) == ""
    assert remote.names("models") == {"m"}

    remote.delete("models/m")
    assert (remote.sizes("models/m"), remote.names("models")) == ({}, set())
    assert remote.fault("models/m", files, quick=True) == "its folder is missing"
    remote.delete("models/m")  # gone already


def test_a_second_upload_sends_only_what_is_not_there(
    store: str, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two jobs may make the same model; and an upload that was cut goes on."""
    files = manifest.read(model)
    sent: list[str] = []
    system = server.system()
    monkeypatch.setattr(system, "put_file", _noting(system.put_file, sent, until="tokenizer.json"))
    with pytest.raises(server.CutError):
        remote.upload(model, "models/twice", files)
    assert not remote.is_whole("models/twice", files)  # half of it is not there
    with pytest.raises(ManifestError, match=r"models/twice has no MANIFEST\.json"):
        remote.manifest_at("models/twice")

    monkeypatch.setattr(system, "put_file", _noting(system.put_file.inner, sent))
    remote.upload(model, "models/twice", files)
    remote.upload(model, "models/twice", files)

    assert sent == ["config.json", "model.safetensors", "tokenizer.json", "MANIFEST.json"]
    assert remote.is_whole("models/twice", files)


def _noting(put: Any, sent: list[str], *, until: str = "") -> Any:
    def noting(source: str, *args: Any, **options: Any) -> None:
        if Path(source).name == until:
            raise server.CutError
        sent.append(Path(source).name)
        put(source, *args, **options)

    noting.inner = put  # type: ignore[attr-defined]
    return noting


def test_what_is_damaged_or_missing_in_the_store_is_named(
    store: str, model: Path, tmp_path: Path
) -> None:
    files = manifest.read(model)
    remote.upload(model, "models/m", files)
    content = (model / "config.json").read_bytes()
    server.system().pipe_file(
        server.path("models/m", "config.json"), content.replace(b"llama", b"lamas")
    )

    assert remote.fault("models/m", files, quick=True) == ""
    assert remote.fault("models/m", files, quick=False) == "config.json has changed"
    with pytest.raises(ManifestError, match=r"models/m: config\.json has changed"):
        remote.download("models/m", files, fresh(tmp_path / "damaged"))

    server.system().rm_file(server.path("models/m", "tokenizer.json"))
    assert remote.fault("models/m", files, quick=True) == "no tokenizer.json"
    wanted = {"tokenizer.json": files["tokenizer.json"]}
    with pytest.raises(MissingFilesError, match=r"models/m is not whole in .*: no tokenizer\.json"):
        remote.download("models/m", wanted, fresh(tmp_path / "missing"))


def test_no_manifest_leads_out_of_the_folder(store: str, model: Path, tmp_path: Path) -> None:
    files = manifest.read(model)
    remote.upload(model, "models/m", files)

    with pytest.raises(ManifestError, match="leads out of its folder"):
        remote.download("models/m", {"../x": files["config.json"]}, fresh(tmp_path / "down"))


def test_the_sweep_leaves_a_day_and_what_is_named(store: str, model: Path) -> None:
    files = manifest.read(model)
    for name in ("named", "unnamed"):
        remote.upload(model, f"models/{name}", files)
    assert remote.sweep("models", keep={"models/named"}) == []

    monkeypatch = pytest.MonkeyPatch()
    with monkeypatch.context() as patch:
        patch.setattr(remote, "LEFTOVER_SECONDS", -60)
        assert remote.sweep("models", keep={"models/named"}) == ["models/unnamed"]
    assert remote.names("models") == {"named"}


def test_a_server_that_does_not_answer_is_one_error_that_says_what_to_do(
    settings: Any, tmp_path: Path, model: Path
) -> None:
    s3.use(settings, "s3://nowhere/x", tmp_path / "cache", endpoint="http://127.0.0.1:1")

    with pytest.raises(StoreUnreachableError) as caught:
        remote.upload(model, "models/m", manifest.read(model))
    assert caught.value.message.startswith("The artifact store s3://nowhere/x cannot be used: ")
    assert "See whether its server answers" in caught.value.message


def test_an_empty_place_is_not_taken_for_a_lost_model(settings: Any, tmp_path: Path) -> None:
    """A wrong address, or a disk that is not mounted: what needs it waits."""
    s3.use(settings, f"file://{tmp_path}/wrong", tmp_path / "cache")

    with pytest.raises(StoreUnreachableError, match="nothing is there"):
        remote.download("models/m", {"a": manifest.File(size=1, sha256="")}, tmp_path)


def test_a_password_in_the_address_is_not_shown(settings: Any) -> None:
    from registry.store import shown

    settings.STORE_URL = "sftp://me:secret@host:22/store"
    assert shown("models/m") == "sftp://host:22/store/models/m"


@pytest.mark.parametrize("store", ["s3"], indirect=True)
def test_a_transfer_is_given_up_within_a_file(store: str, tmp_path: Path) -> None:
    """Gigabytes must not keep a worker that is asked to leave."""
    folder = fresh(tmp_path / "large")
    (folder / "weights").write_bytes(os.urandom(2**20))
    files = manifest.scan(folder)
    manifest.write(folder, files)
    remote.upload(folder, "models/large", files)
    looks: list[int] = []

    def leave() -> bool:
        looks.append(1)
        return len(looks) > 3

    with server.leaving_when(leave), pytest.raises(server.CutError):
        remote.download("models/large", files, fresh(tmp_path / "down"))
    assert len(looks) == 4
