"""The client and the API say the same: each operation is a method, each answer its model."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from django.test import Client as Browser
from pydantic import BaseModel, TypeAdapter

from rondo_client import Client
from scripts.client.__main__ import PACKAGE, sources
from scripts.client.document import LEFT_OUT, Argument, Document, Operation
from tests.client.promised import Promised

URL, TOKEN = "https://rondo.example.org", "rondo_made_up"


@pytest.fixture(scope="module")
def openapi() -> dict[str, Any]:
    document: dict[str, Any] = Browser().get("/api/v1/openapi.json").json()
    return document


def test_models_and_operations_are_those_of_the_api(openapi: dict[str, Any]) -> None:
    """If this fails: `make client`, and commit what it writes."""
    written = {
        str(path.relative_to(PACKAGE)): path.read_text("utf-8")
        for path in (*PACKAGE.glob("models/*.py"), *PACKAGE.glob("resources/*.py"))
    }
    written["nouns.py"] = (PACKAGE / "nouns.py").read_text("utf-8")

    assert written == sources(openapi)


def test_what_is_left_out_is_there_and_has_a_reason(openapi: dict[str, Any]) -> None:
    there = {f"{m.upper()} {path}" for path, ms in openapi["paths"].items() for m in ms}

    assert LEFT_OUT.keys() <= there
    assert all(len(reason) > 20 for reason in LEFT_OUT.values())


@pytest.mark.parametrize("whole", [True, False])
def test_every_operation_asks_and_reads_as_the_document_says(
    openapi: dict[str, Any], tmp_path: Path, whole: bool
) -> None:
    server = Promised(openapi, whole=whole)
    client = Client(URL, TOKEN, http=server)
    document = Document(openapi)
    for operation in document.operations:
        before = len(server.seen)
        found = call(client, operation, server, tmp_path)
        if operation.is_file:
            assert found.read_bytes() == b"file"
        elif operation.is_list:
            (first,), (second,) = (page["items"] for page in server.answers)
            assert dumped(found) == [first, second]
        elif operation.answers is not None:
            assert dumped(found) == server.answers[-1]
        assert len(server.seen) > before

    asked = {f"{method} {path}" for method, path in server.seen}
    all_of_them = {f"{m.upper()} {path}" for path, ms in openapi["paths"].items() for m in ms}
    assert asked == all_of_them - LEFT_OUT.keys()


def call(client: Client, operation: Operation, server: Promised, folder: Path) -> Any:
    """What the method of an operation returns; of a list, the rows of two pages."""
    method = getattr(getattr(client, operation.noun), operation.verb)
    hints = get_type_hints(method)
    words = [value_of(a, hints, server, folder) for a in operation.arguments if a.where == "path"]
    more = {
        a.name: value_of(a, hints, server, folder)
        for a in operation.arguments
        if a.where != "path" and (a.is_required or server.whole)
    }
    if operation.is_file:
        words.append(folder / "answer")
    server.answers.clear()
    found = method(*words, **more)
    return list(found) if isinstance(found, Iterator) else found


def value_of(argument: Argument, hints: dict[str, Any], server: Promised, folder: Path) -> Any:
    """A value for an argument, of the type that the method says."""
    value = server.sample(argument.schema)
    if argument.schema.get("format") == "binary":
        (folder / "sent").write_bytes(b"{}")
        return folder / "sent"
    return TypeAdapter(hints[argument.name]).validate_python(value)


def dumped(value: Any) -> Any:
    """As the server sent it, if nothing was lost."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", exclude_unset=True, by_alias=True)
    return [dumped(each) for each in value] if isinstance(value, list | tuple) else value
