"""What a command shows: tables for people, JSON for programs."""

import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel
from rich.console import Console
from rich.table import Table
from rich.text import Text

from rondo_client.errors import ApiError, ImportRefusedError

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:")
NOTHING = "–"
GAP = 2  # blanks between two columns
LONGEST = 48  # of a text in a column


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
        print(_visible(str(found)))


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
    notes = "".join(f"\n{note}" for note in getattr(error, "__notes__", ()))
    text = Text.assemble(("Error: ", "bold red"), _visible(f"{error}{notes}"))
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
    some = [plain(row) for row in rows]
    if not some:
        print("None.")
    elif not isinstance(some[0], dict):
        for row in some:
            print(_visible(str(row)))
    else:
        _print_table(some)


def _print_table(rows: list[dict[str, Any]]) -> None:
    """As many columns as fit, each value whole: it may be the word of the next command."""
    names = [name for name in rows[0] if all(_fits(row.get(name)) for row in rows)]
    cells = {name: [_short(row.get(name)) for row in rows] for name in names}
    widths = {
        name: max(len(name), *(text.cell_len for text in texts)) for name, texts in cells.items()
    }
    room = Console().width if sys.stdout.isatty() else sys.maxsize
    shown = _that_fit(widths, room)
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in shown:
        is_number = all(isinstance(row.get(name), int | float | None) for row in rows)
        side: Literal["left", "right"] = "right" if is_number else "left"
        table.add_column(_name(name), justify=side, no_wrap=True)
    for row in zip(*(cells[name] for name in shown), strict=True):
        table.add_row(*row)
    Console(width=sum(widths[name] + GAP for name in shown), soft_wrap=False).print(table)
    if len(shown) < len(rows[0]):
        more = ", ".join(_name(name) for name in rows[0] if name not in shown)
        print(f"With --json also: {more}.", file=sys.stderr)


def _that_fit(widths: Mapping[str, int], room: int) -> list[str]:
    """The first column, and those of the others that there is room for beside it."""
    shown: list[str] = []
    for name, width in widths.items():
        if not shown or width + GAP <= room:
            shown.append(name)
            room -= width + GAP
    return shown


def _fits(value: Any) -> bool:
    """Whether it is short enough for a column."""
    return not isinstance(value, list | dict) or bool(_named(value))


def _named(value: dict[str, Any] | list[Any]) -> str:
    """What a part of another thing is called: a model by its name, a job by its state.

    A conversation is called by its last message.
    """
    if isinstance(value, list):
        last = value[-1] if value else None
        return str(last.get("content") or "") if isinstance(last, dict) else ""
    return str(value.get("name") or value.get("state") or "")


def _one(found: dict[str, Any]) -> None:
    match list(found.values()):
        case [[{}, *_] as rows]:  # nothing but a list
            _print_table(rows)
            return
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in found.items():
        table.add_row(_name(name), _cell(value))
    Console().print(table)


def _short(value: Any) -> Text:
    """As a column has it."""
    if isinstance(value, dict | list):
        value = _named(value)
    if isinstance(value, str) and TIME.match(value):
        return Text(value[:16].replace("T", " "))
    text = Text(" ".join(_cell(value).plain.split()))
    if not isinstance(value, str) or " " in text.plain:  # words without blanks are names: whole
        text.truncate(LONGEST, overflow="ellipsis")
    return text


def _cell(value: Any) -> Text:
    """As people read it; what looks like markup stays as it is."""
    if value is None:
        return Text(NOTHING)
    if isinstance(value, bool):
        return Text("yes" if value else "no")
    if isinstance(value, float):
        return Text(f"{value:.4g}")
    if isinstance(value, dict):
        return Text("\n".join(f"{_name(key)}: {_words(inner)}" for key, inner in value.items()))
    if isinstance(value, list):
        return Text("\n".join(map(_words, value)) or NOTHING)
    return Text(_visible(str(value)))


def _words(value: Any) -> str:
    """A part of a part, in one line."""
    if isinstance(value, dict):
        return ", ".join(f"{_name(key)} {_words(inner)}" for key, inner in value.items()) or NOTHING
    if isinstance(value, list):
        return "; ".join(map(_words, value)) or NOTHING
    return " ".join(_cell(value).plain.split()) or NOTHING


def _name(key: str) -> str:
    return _visible(key.replace("_", " "))


def _visible(text: str) -> str:
    """Without what would steer the terminal."""
    return "".join(c if c.isprintable() or c in "\n\t" else "�" for c in text)
