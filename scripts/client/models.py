"""The source of a noun's models."""

import re
from typing import Any

from scripts.client.document import Document
from scripts.client.text import comment, docstring
from scripts.client.types import class_name, may_be_null, python_type

HEAD = '''"""Models of {noun}. Written by scripts/client from the server's OpenAPI."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from rondo_client.base import Received, Sent
'''


def models_source(document: Document, noun: str) -> str:
    """The module of those that live there, each after those that it holds."""
    own = [name for name, home in document.home.items() if home == noun]
    shared = {
        class_name(inner)
        for name in own
        for inner in document.names(document.schemas[name])
        if document.home[inner] != noun
    }
    lines = [HEAD.format(noun=noun.replace("_", " "))]
    if shared:
        lines.append(f"from rondo_client.models.shared import {', '.join(sorted(shared))}\n")
    for name in _in_order(document, own):
        lines.append(_model(document, name))
    return "\n".join(lines)


def _in_order(document: Document, names: list[str]) -> list[str]:
    done: list[str] = []

    def add(name: str, above: frozenset[str]) -> None:
        if name in done or name not in names or name in above:
            return
        for inner in document.names(document.schemas[name]):
            add(inner, above | {name})
        done.append(name)

    for name in sorted(names):
        add(name, frozenset())
    return done


def _model(document: Document, name: str) -> str:
    schema = document.schemas[name]
    if "properties" not in schema:  # an enumeration, a union, a list
        return f"{class_name(name)} = {python_type(schema)}\n"
    base = "Sent" if name in document.inputs else "Received"
    about = schema.get("description") or f"A part of {document.home[name]}."
    lines = [f"class {class_name(name)}({base}):", docstring(about, indent=4), ""]
    required = schema.get("required", [])
    for field, inner in schema["properties"].items():
        lines.append(
            comment(inner.get("description", ""), indent=4)
            + f"    {_field(field, inner, is_required=field in required)}"
        )
    return "\n".join(lines) + "\n"


def _field(name: str, schema: dict[str, Any], *, is_required: bool) -> str:
    kind = python_type(schema)
    safe = re.sub(r"\W", "_", name)
    alias = f"alias={name!r}" if safe != name else ""
    if is_required:
        return f"{safe}: {kind}" + (f" = Field({alias})" if alias else "")
    default = schema.get("default")
    if default is None and not may_be_null(schema):
        kind = f"{kind} | None"
    if isinstance(default, list | dict):
        factory = f"default_factory=lambda: {default!r}"
        if not default:
            factory = f"default_factory={type(default).__name__}"
        return f"{safe}: {kind} = Field({', '.join(filter(None, [factory, alias]))})"
    if alias:
        return f"{safe}: {kind} = Field({default!r}, {alias})"
    return f"{safe}: {kind} = {default!r}"
