"""A model's whole folder, from a server that is the document."""

import hashlib
from pathlib import Path
from typing import Any

from django.test import Client as Browser

from rondo_client import Client
from tests.client.changing import Changing


def test_all_files_of_a_model_come_as_one_folder(tmp_path: Path) -> None:
    sha256 = hashlib.sha256(b"file").hexdigest()

    def list_two(found: dict[str, Any]) -> None:
        names = ("config.json", "model.safetensors")
        found["files"] = [{"name": name, "size": 4, "sha256": sha256} for name in names]

    openapi = Browser().get("/api/v1/openapi.json").json()
    server = Changing(openapi, list_model_files=[list_two])
    client = Client("https://rondo.example.org", "t", http=server)

    folder = client.models.download("kitchen", 7, tmp_path / "model")

    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
        "config.json": b"file",
        "model.safetensors": b"file",
    }
