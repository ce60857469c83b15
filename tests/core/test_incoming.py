"""Files on their way in."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory

from core import incoming


def test_a_file_of_a_form_has_no_name_on_the_disk_and_its_bytes(
    settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.UPLOADS = tmp_path / "uploads"
    monkeypatch.setattr(incoming, "IN_MEMORY", 4)
    incoming._folder.cache_clear()
    sent = SimpleUploadedFile("eggs.jsonl", b'{"prompt": "Egg?"}', "application/jsonl")

    file = RequestFactory().post("/", {"file": sent}).FILES["file"]

    assert (file.name, file.size, file.content_type) == ("eggs.jsonl", 18, "application/jsonl")
    place = Path(f"/proc/self/fd/{file.fileno()}").readlink()
    assert (str(place.parent), place.name.endswith("(deleted)")) == (f"{tmp_path}/uploads", True)
    assert list((tmp_path / "uploads").iterdir()) == []
    assert file.read() == b'{"prompt": "Egg?"}'
    file.close()


@pytest.fixture(autouse=True)
def folder_of_others():
    yield
    incoming._folder.cache_clear()
