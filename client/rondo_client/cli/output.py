"""What a command shows: tables for people, JSON for programs."""

import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from rich.console import Console
from rich.table import Table
from rich.text import Text

from rondo_client.errors import ApiError, ImportRefusedError

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:")


def show(found: Any, *, as_json: bool) -> None:
    """The answer of a command. as_json: one document, or one a line of what is a list."""
    if isinstance(found, Iterator | tuple):
        _rows(iter(found), as_json=as_json)
    elif as_json:
        print(_json(found))
    elif isinstance(found, Path):
        print(found)
    elif isinstance(found, BaseModel | Mapping):
        _one(plain(found))
    elif found is None:
        print("Done.")
    else:
        print(found)


def show_error(error: Exception, *, as_json: bool) -> None:
    """Why a command failed and what to do next, to standard error."""
    if as_json:
        said: dict[str, Any] = {"error": type(error).__name__, "detail": str(error)}
        if isinstance(error, ApiError):
            said |= {"status": error.status, "code": error.code, "detail": error.detail}
            said |= {"errors": error.errors, "request_id": error.request_id}
        if isinstance(error, ImportRefusedError):
            said["errors"] = error.errors
        print(json.dumps(said, ensure_ascii=False), file=sys.stderr)
        return
    text = Text.assemble(("Error: ", "bold red"), str(error))
    if isinstance(error, ApiError) and error.status >= 500 and error.request_id:
        text.append(f"\nThe server's log has it as {error.request_id}.")
    Console(stderr=True, soft_wrap=True).print(text)


def plain(value: Any) -> Any:
    """Models as JSON has them."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, Iterator | list | tuple):
        return [plain(inner) for inner in value]
    return str(value) if isinstance(value, Path) else value


def _json(found: Any) -> str:
    return json.dumps(plain(found), ensure_ascii=False)


def _rows(rows: Iterator[Any], *, as_json: bool) -> None:
    if as_json:
        for row in rows:
            print(_json(row), flush=True)
        return
    console, some = Console(), [plain(row) for row in rows]
    if not some:
        console.print("None.")
    elif not isinstance(some[0], dict):
        for row in some:
            print(row)
    else:
        console.print(_table(some))


def _table(rows: list[dict[str, Any]]) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    names = [name for name in rows[0] if all(_fits(row.get(name)) for row in rows)]
    for name in names:
        is_number = all(isinstance(row.get(name), int | float | None) for row in rows)
        table.add_column(name.replace("_", " "), justify="right" if is_number else "left")
    for row in rows:
        table.add_row(*(_short(row.get(name)) for name in names))
    return table


def _fits(value: Any) -> bool:
    """Whether it is short enough for a column."""
    return not isinstance(value, list) and (not isinstance(value, dict) or bool(_named(value)))


def _named(value: dict[str, Any]) -> str:
    """What a part of another thing is called: a model by its name, a job by its state."""
    return str(value.get("name") or value.get("state") or "")


def _one(found: dict[str, Any]) -> None:
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in found.items():
        table.add_row(name.replace("_", " "), _cell(value))
    Console().print(table)


def _short(value: Any) -> Text:
    """As a column has it."""
    if isinstance(value, dict):
        return _cell(_named(value))
    if isinstance(value, str) and TIME.match(value):
        return Text(value[:16].replace("T", " "))
    return _cell(value)


def _cell(value: Any) -> Text:
    """As people read it; what looks like markup stays as it is."""
    if value is None:
        return Text("–")
    if isinstance(value, bool):
        return Text("yes" if value else "no")
    if isinstance(value, float):
        return Text(f"{value:.4g}")
    if isinstance(value, dict | list):
        return Text(json.dumps(value, ensure_ascii=False))
    return Text(_visible(str(value)))


def _visible(text: str) -> str:
    """Without what would steer the terminal."""
    return "".join(c if c.isprintable() or c in "\n\t" else "�" for c in text)
