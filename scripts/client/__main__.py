"""Write the client's models and resources from the OpenAPI of this server.

    .venv/bin/python -m scripts.client

What comes out is read by people: client/rondo_client/models/ and resources/, one file a noun.
tests/client/test_contract.py says when it is to be run again.
"""

import subprocess
import sys
from pathlib import Path
from typing import Any

from scripts.client.document import Document
from scripts.client.models import models_source
from scripts.client.resources import index_source, resource_source

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "client" / "rondo_client"


def sources(openapi: dict[str, Any]) -> dict[str, str]:
    """The text of each file, by its path below the package."""
    document = Document(openapi)
    found = {"models/__init__.py": '"""What the server answers and takes, one file a noun."""\n'}
    for noun in document.homes():
        found[f"models/{noun}.py"] = models_source(document, noun)
    for noun in document.nouns():
        found[f"resources/{noun}.py"] = resource_source(document, noun)
    extended = {path.stem for path in (PACKAGE / "extended").glob("[!_]*.py")}
    found["resources/__init__.py"] = '"""The operations of the API, one class a noun."""\n'
    found["nouns.py"] = index_source(document, extended)
    return {path: _formatted(text, path) for path, text in found.items()}


def _formatted(text: str, path: str) -> str:
    """As ruff leaves it, with the imports that are used."""
    name = str(PACKAGE / path)
    for words in (["format", "--quiet"], ["check", "--fix", "--quiet"], ["format", "--quiet"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *words, "--stdin-filename", name, "-"],
            cwd=ROOT,
            input=text,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise ValueError(f"{path}: {done.stdout[-2000:]}{done.stderr[-500:]}")
        text = done.stdout
    return text


def main() -> None:
    """Write the files and remove those of nouns that are gone."""
    import django  # noqa: PLC0415  only here: the rest reads a document

    django.setup()
    from django.test import Client  # noqa: PLC0415

    written = sources(Client(SERVER_NAME="localhost").get("/api/v1/openapi.json").json())
    for path, text in written.items():
        (PACKAGE / path).parent.mkdir(exist_ok=True)
        (PACKAGE / path).write_text(text, "utf-8")
    for folder in ("models", "resources"):
        for file in (PACKAGE / folder).glob("*.py"):
            if f"{folder}/{file.name}" not in written:
                file.unlink()
    print(f"{len(written)} files in {PACKAGE}")


if __name__ == "__main__":
    main()
