"""What an OpenAPI document says, as the client's words: nouns, verbs, arguments, models."""

import keyword
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

Schema = dict[str, Any]
PREFIX = "/api/v1"
JSON = "application/json"
REF = "#/components/schemas/"
# A page of a list: its rows and where the next one begins; the parameters that say which page.
ROWS, NEXT, PLACE, SIZE = "items", "next", "cursor", "limit"
# Path parameters that say by what, not which: they get the word of the segment before them.
KEYS = {"slug", "number", "id", "pk", "name", "key"}
# The words of operations that their names do not give: "METHOD path" to (noun, verb).
WORDS: dict[str, tuple[str, str]] = {}
IRREGULAR = {"aliases": "alias", "corpora": "corpus"}
# Operations that the client does without: "METHOD path" to the reason.
LEFT_OUT: dict[str, str] = {
    "GET /api/v1/projects/{slug}/runs/{pk}/stream": (
        "runs.follow asks for events page by page: it loses none, and holds no connection open"
    ),
}


@dataclass(frozen=True, kw_only=True)
class Argument:
    """One argument of a method. where: path, query or body."""

    name: str
    wire: str  # as the server calls it
    schema: Schema
    where: str
    is_required: bool


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One operation of the API, as a method of the client."""

    noun: str
    verb: str
    method: str
    path: str  # with {arguments}
    summary: str
    description: str
    arguments: list[Argument]
    sends: str  # the media type of the body, "" without one
    answers: Schema | None  # None: nothing
    is_file: bool  # the answer is a file, no JSON
    is_list: bool = False  # its rows come page by page
    size: int | None = None  # rows of the longest page


class Document:
    """An OpenAPI document of Rondo."""

    def __init__(self, openapi: Schema) -> None:
        schemas: dict[str, Schema] = openapi["components"]["schemas"]
        choices = {f"{REF}{name}": each for name, each in schemas.items() if "enum" in each}
        self._paths: dict[str, Schema] = _with_choices(openapi["paths"], choices)
        self.schemas: dict[str, Schema] = _with_choices(schemas, choices)

    @cached_property
    def operations(self) -> list[Operation]:
        """All of them, in the document's order."""
        return [
            self._operation(method.upper(), path, said)
            for path, methods in self._paths.items()
            for method, said in methods.items()
            if f"{method.upper()} {path}" not in LEFT_OUT
        ]

    def nouns(self) -> list[str]:
        """The resources, by name."""
        return sorted({each.noun for each in self.operations})

    def homes(self) -> list[str]:
        """The files of models."""
        return sorted(set(self.home.values()))

    @cached_property
    def home(self) -> dict[str, str]:
        """The file of each model: its noun's, or `shared` where several nouns have it."""
        users: dict[str, set[str]] = defaultdict(set)
        for operation in self.operations:
            for name in self._reached(operation):
                users[name].add(operation.noun)
        return {name: min(nouns) if len(nouns) == 1 else "shared" for name, nouns in users.items()}

    @cached_property
    def inputs(self) -> set[str]:
        """The models that are only sent."""
        answered: set[str] = set()
        for operation in self.operations:
            answered |= set(self.names(self.shown(operation)))
        return set(self.home) - answered

    def names(self, schema: Any, seen: frozenset[str] = frozenset()) -> Iterator[str]:
        """The names of all models that a schema leads to."""
        if isinstance(schema, list):
            for inner in schema:
                yield from self.names(inner, seen)
        elif isinstance(schema, dict):
            name = str(schema.get("$ref", "")).removeprefix(REF)
            if name and name not in seen:
                yield name
                yield from self.names(self.schemas[name], seen | {name})
            for key, inner in schema.items():
                if key not in {"default", "example", "examples", "enum", "const"}:
                    yield from self.names(inner, seen)

    def resolved(self, schema: Schema) -> Schema:
        """The schema itself, where it is a reference."""
        name = schema.get("$ref")
        return self.schemas[name.removeprefix(REF)] if name else schema

    def _reached(self, operation: Operation) -> set[str]:
        found: set[str] = set()
        for argument in operation.arguments:
            found |= set(self.names(argument.schema))
        return found | set(self.names(self.shown(operation)))

    def shown(self, operation: Operation) -> Schema | None:
        """The schema of what its method returns: of a list, that of a row."""
        if operation.answers is None or operation.is_file:
            return None
        if operation.is_list:
            rows: Schema = self.resolved(operation.answers)["properties"][ROWS]["items"]
            return rows
        return operation.answers

    def _operation(self, method: str, path: str, said: Schema) -> Operation:
        noun, verb = WORDS.get(f"{method} {path}") or words(path, said["operationId"])
        names = dict(_path_names(path))
        arguments = [
            Argument(
                name=names.get(p["name"]) or _safe(p["name"]),
                wire=p["name"],
                schema={"description": p.get("description", ""), **p["schema"]},
                where=p["in"],
                is_required=p["in"] == "path" or bool(p.get("required")),
            )
            for p in said.get("parameters", [])
            if p.get("in") in {"path", "query"}
        ]
        sends, body = self._body(said)
        answers, is_file = _answer(said)
        is_list = answers is not None and self._is_list(answers, arguments)
        sizes = [a.schema.get("maximum") for a in arguments if is_list and a.wire == SIZE]
        of_page = {("query", PLACE), ("query", SIZE)} if is_list else set()
        return Operation(
            noun=noun,
            verb=verb,
            method=method,
            path=re.sub(r"{(\w+)}", lambda m: f"{{{names[m[1]]}}}", path.removeprefix(PREFIX)),
            summary=said.get("summary", ""),
            description=said.get("description", ""),
            arguments=[a for a in (*arguments, *body) if (a.where, a.wire) not in of_page],
            sends=sends,
            answers=answers,
            is_file=is_file,
            is_list=is_list,
            size=sizes[0] if sizes else None,
        )

    def _body(self, said: Schema) -> tuple[str, list[Argument]]:
        """The media type and the fields of what is sent."""
        content = said.get("requestBody", {}).get("content", {})
        for media, described in content.items():
            schema = self.resolved(described["schema"])
            if media != JSON and "properties" not in schema:
                file = {"type": "string", "format": "binary"}
                return media, [
                    Argument(name="file", wire="", schema=file, where="body", is_required=True)
                ]
            required = schema.get("required", [])
            return media, [
                Argument(
                    name=_safe(name),
                    wire=name,
                    schema=inner,
                    where="body",
                    is_required=name in required,
                )
                for name, inner in schema.get("properties", {}).items()
            ]
        return "", []

    def _is_list(self, answers: Schema, arguments: list[Argument]) -> bool:
        shape = self.resolved(answers).get("properties", {})
        return {ROWS, NEXT} <= shape.keys() and PLACE in {a.wire for a in arguments}


def words(path: str, name: str) -> tuple[str, str]:
    """(noun, verb) of an operation: what its path lists first, below a project or the whole.

    name: of the operation, whose words for the noun are left out: `cancel_run` is `runs.cancel`.
    """
    found = re.match(rf"{PREFIX}/(?:projects/{{\w+}}/)?([a-z_-]+)", path)
    if found is None:
        raise ValueError(f"{path}: give it words in WORDS")
    noun = found[1].replace("-", "_")
    if "project" in name.split("_"):  # as in archive_project, at /projects/{slug}/archive
        noun = "projects"
    own = {*noun.split("_"), *singular(noun).split("_"), "one"}
    left = [word for word in name.split("_") if word not in own]
    return noun, _safe("_".join(left) or name)


def _with_choices(value: Any, choices: dict[str, Schema]) -> Any:
    """The document with each choice where it is used: a name for it tells readers nothing."""
    if isinstance(value, dict):
        if value.get("$ref") in choices:
            return {**choices[value["$ref"]], **{k: v for k, v in value.items() if k != "$ref"}}
        return {key: _with_choices(inner, choices) for key, inner in value.items()}
    return [_with_choices(each, choices) for each in value] if isinstance(value, list) else value


def _safe(name: str) -> str:
    """`name`, or with _ behind where Python has the word for itself."""
    return f"{name}_" if keyword.iskeyword(name) else name


def singular(noun: str) -> str:
    """The word for one of them."""
    if noun in IRREGULAR:
        return IRREGULAR[noun]
    if noun.endswith("ies"):
        return f"{noun[:-3]}y"
    return noun.removesuffix("s")


def _path_names(path: str) -> Iterator[tuple[str, str]]:
    """What each path parameter is called in the client."""
    for before, name in re.findall(r"([\w-]+)/{(\w+)}", path):
        yield name, _safe(singular(before.replace("-", "_")) if name in KEYS else name)
    for name in re.findall(r"[^/]{(\w+)}", path):
        yield name, _safe(name)


def _answer(said: Schema) -> tuple[Schema | None, bool]:
    """The schema of what is answered, and whether it is a file."""
    fine = [each for status, each in said["responses"].items() if str(status).startswith("2")]
    contents = [each["content"] for each in fine if each.get("content")]
    if not contents:
        return None, False
    if JSON not in contents[0]:
        return {"type": "string"}, True
    schema: Schema = contents[0][JSON]["schema"]
    may_be_nothing = len(fine) > len(contents)
    return ({"anyOf": [schema, {"type": "null"}]} if may_be_nothing else schema), False
