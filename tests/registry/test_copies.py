"""Copies of a store at a URL: within bounds, whole, and there while a job uses them."""

import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from core.errors import JobFailedError
from registry import copies, remote, server, store
from tests import s3
from training.contract import manifest
from training.contract.manifest import Files

KILO = 1000


@pytest.fixture
def stored(settings: Any, tmp_path: Path) -> dict[str, Files]:
    """Three models of a kilobyte each in a store, and no copy yet; room for two and a half."""
    s3.use(settings, f"file://{tmp_path}/store", tmp_path / "cache")
    settings.CACHE_BYTES = 2.5 * KILO
    found = {}
    for name in "abc":
        folder = tmp_path / name
        folder.mkdir()
        (folder / "weights").write_bytes(name.encode() * KILO)
        found[f"models/{name}"] = manifest.scan(folder)
        manifest.write(folder, found[f"models/{name}"])
        remote.upload(folder, f"models/{name}", found[f"models/{name}"])
    return found


@pytest.fixture(autouse=True)
def manifests_weigh_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copies, "_size", lambda folder: (folder / "weights").stat().st_size)


def here() -> list[str]:
    return sorted(path.name for path in store.root().iterdir())


def used(uri: str, *, ago: int) -> None:
    """Let the last use of a copy be a while ago."""
    lock = copies._lock_file(uri, "used")
    now = lock.stat().st_mtime
    os.utime(lock, (now - ago, now - ago))


def test_what_was_used_longest_ago_goes_first(stored: dict[str, Files]) -> None:
    for age, uri in enumerate(["models/a", "models/b"]):
        copies.fetch(uri, stored[uri])
        used(uri, ago=20 - age)
    copies.fetch("models/a", stored["models/a"])  # used again

    copies.fetch("models/c", stored["models/c"])

    assert here() == ["a", "c"]


def test_what_a_job_uses_stays_beyond_the_bound(stored: dict[str, Files]) -> None:
    with copies.keeping():
        for uri, files in stored.items():
            assert (copies.fetch(uri, files) / "weights").is_file()
        assert here() == ["a", "b", "c"]

    copies.make_room(0)
    assert here() == ["b", "c"]


def test_what_another_process_uses_stays_until_that_ends(stored: dict[str, Files]) -> None:
    copies.fetch("models/a", stored["models/a"])
    hold = "import fcntl, sys; f = open(sys.argv[1]); fcntl.flock(f, 1); print(flush=True); input()"
    lock = copies._lock_file("models/a", "used")
    with subprocess.Popen(
        [sys.executable, "-c", hold, lock], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()
        copies.make_room(10 * KILO)
        assert here() == ["a"]
        other.kill()

    copies.make_room(10 * KILO)
    assert here() == []


def test_who_comes_second_waits_and_finds_it_fetched(
    stored: dict[str, Files], monkeypatch: pytest.MonkeyPatch
) -> None:
    fetched: list[str] = []
    together = threading.Barrier(2)
    download = remote.download

    def noting(uri: str, files: Files, folder: Path) -> None:
        fetched.append(uri)
        time.sleep(0.1)
        download(uri, files, folder)

    def one() -> Path:
        together.wait()
        return copies.fetch("models/a", stored["models/a"])

    monkeypatch.setattr(remote, "download", noting)
    with ThreadPoolExecutor(2) as pool:
        found = {each.result() for each in [pool.submit(one), pool.submit(one)]}

    assert (fetched, found) == (["models/a"], {store.path_of("models/a")})


def test_a_copy_that_is_damaged_or_cut_is_fetched_again(stored: dict[str, Files]) -> None:
    folder = copies.fetch("models/a", stored["models/a"])
    (folder / "weights").chmod(0o644)
    (folder / "weights").write_bytes(b"x" * KILO)
    (folder / manifest.NAME).chmod(0o644)
    manifest.write(folder, manifest.scan(folder))  # what the copy says of itself counts for nothing
    partial = folder.with_name(f"{copies.PARTIAL}b")  # a process was killed
    partial.mkdir()
    (partial / "weights").write_bytes(b"b")

    for uri in ("models/a", "models/b"):
        assert manifest.verify(copies.fetch(uri, stored[uri])) == stored[uri]
    assert here() == ["a", "b"]


def test_what_is_damaged_in_the_store_leaves_no_copy(stored: dict[str, Files]) -> None:
    server.system().pipe_file(server.path("models/a", "weights"), b"x" * KILO)

    with pytest.raises(JobFailedError, match=r"is damaged: models/a: weights has changed") as error:
        copies.fetch("models/a", stored["models/a"])
    assert error.value.code == "damaged_model"
    assert here() == []


def made_here(name: str) -> tuple[str, Files]:
    folder = store.path_of(f"models/{name}")
    folder.mkdir(parents=True)
    (folder / "weights").write_bytes(name.encode())
    files = manifest.scan(folder)
    manifest.write(folder, files)
    return f"models/{name}", files


def test_a_transaction_is_run_again_after_the_upload(stored: dict[str, Files]) -> None:
    """Whoever waits for its rows must not wait for gigabytes."""
    uri, files = made_here("new")
    seen: list[bool] = []

    def transaction() -> str:
        seen.append(remote.is_whole(uri, files))
        copies.publish(uri, files)
        return "done"

    assert copies.uploading(transaction) == "done"
    assert seen == [False, True]


def test_a_transaction_that_never_names_the_same_is_run_for_good_at_last(
    stored: dict[str, Files],
) -> None:
    names: list[str] = []

    def transaction() -> str:
        names.append(f"new{len(names)}")
        copies.publish(*made_here(names[-1]))
        return names[-1]

    assert copies.uploading(transaction) == f"new{copies.UPLOADS}"
    assert len(names) == copies.UPLOADS + 1
    assert remote.names("models") >= set(names)


def test_without_a_url_nothing_is_copied(settings: Any, tmp_path: Path) -> None:
    settings.STORE_URL = ""
    assert copies.fetch("models/a", {}) == tmp_path / "artifacts/models/a"
    copies.publish("models/a", {})
    assert not (tmp_path / "artifacts").exists()
