"""Stored folders here: whole, checked, and nothing asked for twice."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import pytest

from rondo_client.errors import AnswerError, ChecksumError
from rondo_client.folders import download_folder
from rondo_client.progress import Progress


@dataclass(frozen=True)
class File:
    name: str
    size: int
    sha256: str


class Store:
    """Files by name; remembers which were asked for."""

    def __init__(self, **contents: bytes) -> None:
        self.contents = {name.replace("__", "/"): content for name, content in contents.items()}
        self.asked: list[str] = []

    def files(self) -> list[File]:
        return [
            File(name, len(content), hashlib.sha256(content).hexdigest())
            for name, content in self.contents.items()
        ]

    def fetch(self, name: str, target: Path, tell: Progress) -> Path:
        self.asked.append(name)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(self.contents[name])
        tell(len(self.contents[name]), None)
        return target


def test_all_files_come_and_those_that_are_there_stay(tmp_path: Path) -> None:
    store, told = Store(config=b"{}", part__model=b"weights"), list[tuple[int, int | None]]()
    download_folder(
        store.files(), tmp_path, store.fetch, lambda done, total: told.append((done, total))
    )
    assert (tmp_path / "part" / "model").read_bytes() == b"weights"
    assert told[-1] == (9, 9)
    (tmp_path / "config").write_bytes(b"[]")

    download_folder(store.files(), tmp_path, store.fetch, None)

    assert (tmp_path / "config").read_bytes() == b"{}"
    assert store.asked == ["config", "part/model", "config"]


def test_a_damaged_file_does_not_stay(tmp_path: Path) -> None:
    store = Store(config=b"{}")
    files = store.files()
    store.contents["config"] = b"[]"

    with pytest.raises(ChecksumError, match="config came damaged"):
        download_folder(files, tmp_path, store.fetch, None)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["../out", "/etc/out", "a/../../out"])
def test_no_file_is_written_outside_the_folder(tmp_path: Path, name: str) -> None:
    store = Store()

    with pytest.raises(AnswerError, match="outside the folder"):
        download_folder([File(name, 1, "")], tmp_path, store.fetch, None)

    assert store.asked == []
