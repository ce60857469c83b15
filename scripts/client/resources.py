"""The source of a noun's resource: one method an operation."""

import textwrap
from typing import Any

from scripts.client.document import JSON, Argument, Document, Operation
from scripts.client.text import WIDTH, docstring, sentence
from scripts.client.types import class_name, is_file, may_be_null, python_type

HEAD = '''"""Operations on {noun}. Written by scripts/client from the server's OpenAPI."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

from rondo_client.base import UNSET, Resource, at, given
from rondo_client.progress import Progress
from rondo_client.uploads import form
'''
LONG = 4  # words of a choice


def resource_source(document: Document, noun: str) -> str:
    """The module of the class that has its operations."""
    operations = [each for each in document.operations if each.noun == noun]
    verbs = [each.verb for each in operations]
    if twice := {verb for verb in verbs if verbs.count(verb) > 1}:
        raise ValueError(f"{noun} has two of {twice}: name one in document.WORDS")
    lines = [HEAD.format(noun=noun.replace("_", " "))]
    for home in document.homes():
        names = sorted(class_name(name) for name, where in document.home.items() if where == home)
        lines.append(f"from rondo_client.models.{home} import {', '.join(names)}")
    lines.append(f"\n\nclass {class_of(noun)}(Resource):")
    told = ", ".join(verb.strip("_").replace("_", " ") for verb in sorted(verbs))
    about = f"{noun.replace('_', ' ').capitalize()}: {told}."
    lines.append(f'    """{textwrap.shorten(about, WIDTH - 8, placeholder=" …")}"""\n')
    lines += [_method(document, each) for each in operations]
    return "\n".join(lines)


def index_source(document: Document, extended: set[str]) -> str:
    """The module that names all resources. extended: the nouns whose class has more by hand."""
    lines = ['"""All nouns of the API. Written by scripts/client."""\n']
    for noun in document.nouns():
        folder = "extended" if noun in extended else "resources"
        lines.append(f"from rondo_client.{folder}.{noun} import {class_of(noun)}")
    lines.append("from rondo_client.transport import Transport\n\n")
    lines.append('class Nouns:\n    """One attribute a noun."""\n')
    lines.append("    def __init__(self, transport: Transport) -> None:")
    lines += [f"        self.{n} = {class_of(n)}(transport)" for n in document.nouns()]
    return "\n".join(lines) + "\n"


def class_of(noun: str) -> str:
    """The class of a noun's operations."""
    return "".join(word.title() for word in noun.split("_")) + "Api"


def _method(document: Document, operation: Operation) -> str:
    returns, call = _call(document, operation)
    places = [a for a in operation.arguments if a.where == "path"]
    words = [a for a in operation.arguments if a.where != "path"]
    words.sort(key=lambda a: not a.is_required)
    parameters = ["self", *(f"{a.name}: {python_type(_short(a.schema))}" for a in places)]
    if operation.is_file:
        parameters.append("target: Path | str")
    if words or operation.is_file or operation.sends not in {"", JSON}:
        parameters += ["*", *(_parameter(a) for a in words)]
    if operation.is_file or operation.sends not in {"", JSON}:
        parameters.append("progress: Progress | None = None")
    about = "\n\n".join(filter(None, [sentence(operation.summary), operation.description]))
    about += "".join(f"\n\n{line}" for line in map(_about, operation.arguments) if line)
    return (
        f"    def {operation.verb}({', '.join(parameters)}) -> {returns}:\n"
        f"{docstring(about, indent=8)}\n        {call}\n"
    )


def _about(argument: Argument) -> str:
    """What the document says of an argument, and what a long choice has.

    Of what an address names its own name says enough.
    """
    text = "" if argument.where == "path" else argument.schema.get("description", "")
    said = [sentence(text)]
    if len(words := _choice(argument.schema)) > LONG:
        said.append(f"One of {', '.join(words)}.")
    text = " ".join(filter(None, said))
    return f"{argument.name}: {text}" if text else ""


def _short(schema: dict[str, Any]) -> dict[str, Any]:
    """A choice of many is a text, whose words the docstring lists."""
    if several := schema.get("anyOf"):
        return {**schema, "anyOf": [_short(each) for each in several]}
    return {"type": "string"} if len(_choice(schema)) > LONG else schema


def _choice(schema: dict[str, Any]) -> list[str]:
    """The words of a choice, where it is one."""
    inner = (word for each in schema.get("anyOf", ()) for word in _choice(each))
    return schema.get("enum") or list(inner)


def _parameter(argument: Argument) -> str:
    if is_file(argument.schema):
        return f"{argument.name}: Path | str"
    kind = python_type(_short(argument.schema), sequence="Sequence")
    if argument.is_required:
        return f"{argument.name}: {kind}"
    if argument.where == "query":
        return f"{argument.name}: {kind}{'' if may_be_null(argument.schema) else ' | None'} = None"
    return f"{argument.name}: {kind} = UNSET"


def _call(document: Document, operation: Operation) -> tuple[str, str]:
    """(type of what is returned, the statement that asks)."""
    places = [a for a in operation.arguments if a.where == "path"]
    named = "".join(f", {a.name}={a.name}" for a in places)
    path = f"at({operation.path!r}{named})" if places else repr(operation.path)
    query = [a for a in operation.arguments if a.where == "query"]
    params = f", params={{{', '.join(f'{a.wire!r}: {a.name}' for a in query)}}}" if query else ""
    if operation.is_file:
        return "Path", f"return self._download({path}, target, progress=progress{params})"
    shape = document.shown(operation)
    if operation.is_list:
        size = f", size={operation.size}" if operation.size else ""
        row = python_type(shape)
        return f"Iterator[{row}]", f"return self._pages({row}, {path}{size}{params})"
    sent = f"{params}{_sent(operation)}"
    if shape is None:
        return "None", f"self._transport.json({operation.method!r}, {path}{sent})"
    resolved = document.resolved(shape)
    kind = python_type(shape)
    if resolved.get("type") == "array":  # a tuple, for `list` is the name of a method
        kind = f"tuple[{python_type(resolved['items'])}, ...]"
    ask = "_ask_for_any" if kind.endswith(" | None") else "_ask"
    named = kind.removesuffix(" | None")
    return kind, f"return self.{ask}({named}, {operation.method!r}, {path}{sent})"


def _sent(operation: Operation) -> str:
    body = [a for a in operation.arguments if a.where == "body"]
    if not operation.sends:
        return ""
    if operation.sends == JSON:
        return f", json=given({', '.join(f'{a.wire}={a.name}' for a in body)})"
    files = [a for a in body if is_file(a.schema)]
    fields = [a for a in body if a not in files]
    listed = ", ".join(f"{a.wire!r}: {a.name}" for a in files)
    more = f", given({', '.join(f'{a.wire}={a.name}' for a in fields)})" if fields else ""
    return f", form=form({{{listed}}}{more}, progress=progress)"
