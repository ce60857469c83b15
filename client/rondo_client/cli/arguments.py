"""How a method's arguments are given in the shell."""

import inspect
import json
import re
import sys
import types
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import typer

from rondo_client.base import UNSET

PLAIN = {str, int, float, bool, datetime}
JSON = "JSON, name=value,name=value, @file, or - for standard input."
PAIRS = re.compile(r"[\w-]+=[^,=]+(,[\w-]+=[^,=]+)*")


def as_parameter(name: str, kind: Any, parameter: inspect.Parameter, about: str) -> Any:
    """The parameter of the command for an argument of the method; `read` reads its value."""
    is_word = parameter.kind is not inspect.Parameter.KEYWORD_ONLY
    shape = _shape(kind)
    help_ = about if shape is not str or _is_plain(kind) else f"{about} {JSON}".strip()
    given = parameter.default
    if is_word:
        metavar = name.strip("_").upper()
        word = typer.Argument(help=help_, metavar=metavar, show_default=False)
        of_word: Any = Annotated[shape, word]
        return inspect.Parameter(name, parameter.kind, annotation=of_word, default=given)
    flag = name.strip("_").replace("_", "-")
    words = [f"--{flag}/--no-{flag}"] if shape is bool else [f"--{flag}"]
    option = typer.Option(*words, help=help_, show_default=False)
    if given is inspect.Parameter.empty:
        needed: Any = Annotated[shape, option]
        return inspect.Parameter(name, parameter.kind, annotation=needed)
    optional: Any = Annotated[shape | None, option]
    return inspect.Parameter(name, parameter.kind, annotation=optional, default=None)


def read(kind: Any, value: Any) -> Any:
    """The value as the method takes it."""
    if not isinstance(value, str) or _is_plain(kind):
        return value
    text = value
    if PAIRS.fullmatch(value):  # ranking=6,demonstration=2
        return {name: _scalar(text) for name, text in (p.split("=") for p in value.split(","))}
    if value == "-":
        text = sys.stdin.read()
    elif value.startswith("@"):
        text = _file(value[1:])
    try:
        return json.loads(text)
    except ValueError as error:
        raise typer.BadParameter(f"{value[:40]!r} is not JSON ({error}). Give {JSON}") from error


def is_given(value: Any) -> bool:
    """Whether an option was."""
    return value is not None and value is not UNSET and value != []


def _scalar(text: str) -> Any:
    """A number or a truth where it is one, else the text."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def _file(name: str) -> str:
    try:
        return Path(name).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise typer.BadParameter(f"{name} cannot be read: {error}") from error


def _inner(kind: Any) -> list[Any]:
    """The kinds of a union without None."""
    if get_origin(kind) in {Union, types.UnionType}:
        return [each for each in get_args(kind) if each is not type(None)]
    return [kind]


def _is_plain(kind: Any) -> bool:
    """Whether the shell gives it as it is, not as JSON."""
    kinds = _inner(kind)
    if kinds == [Path, str] or all(each in PLAIN for each in kinds):
        return True
    (first, *others) = kinds
    if others:
        return False
    if get_origin(first) is Sequence:
        (first,) = get_args(first)
        return first in PLAIN or get_origin(first) is Literal
    return get_origin(first) is Literal


def _shape(kind: Any) -> Any:
    """The type that typer reads: a text where it is JSON or could be several."""
    kinds = _inner(kind)
    if kinds == [Path, str]:
        return Path
    if not _is_plain(kind) or len(kinds) > 1:
        return str
    first = kinds[0]
    if get_origin(first) is Sequence:
        (word,) = get_args(first)
        if word in PLAIN:
            return list[word]  # type: ignore[valid-type]
        return list[str]  # of a choice, whose words the server knows
    return first
