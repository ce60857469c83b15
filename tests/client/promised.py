"""A server that is nothing but the OpenAPI document: it answers as that promises."""

import re
from typing import Any
from urllib.parse import unquote

import httpx
import orjson
from jsonschema import Draft202012Validator

JSON = "application/json"
FORMATS = {
    "date-time": "2026-11-27T12:00:00Z",
    "date": "2026-11-27",
    "uuid": "7d5ee0a4-98b6-4a4e-8b2e-3f6f0c1a2b3c",
    "binary": "bytes",
}
WORDS = ("kitchen", "7", "p-000000000000")  # one of them fits any pattern
Schema = dict[str, Any]


class Promised(httpx.BaseTransport):
    """Answers each request with a sample of what its operation promises.

    whole: whether samples have all that may be there, or only what must be.
    seen: the operations that were asked, as (method, path of the document).
    """

    def __init__(self, openapi: Schema, *, whole: bool = True) -> None:
        self.openapi, self.whole = openapi, whole
        self.seen: list[tuple[str, str]] = []
        self.answers: list[Any] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Fails the test where the request is none that the document knows."""
        request.read()
        path, operation, places = self._operation(request)
        self.seen.append((request.method, path))
        self._check_parameters(operation, dict(request.url.params), places)
        self._check_body(operation, request)
        status, response = next(
            (s, r) for s, r in operation["responses"].items() if str(s).startswith("2")
        )
        content = response.get("content", {})
        if JSON not in content:
            return httpx.Response(int(status), content=b"file" if content else b"")
        answer = self.sample(content[JSON]["schema"])
        if isinstance(answer, dict) and {"items", "next"} <= answer.keys():
            answer["items"] = [self.sample(self._row(content[JSON]["schema"]))]
            answer["next"] = None if "cursor" in request.url.params else "7"
        self.answers.append(answer)
        return httpx.Response(int(status), json=answer)

    def sample(self, schema: Schema, above: tuple[str, ...] = ()) -> Any:
        """A value that the schema takes."""
        if "$ref" in schema:
            name = schema["$ref"]
            if name in above:  # it holds itself: enough
                return None
            return self.sample(self._at(name), (*above, name))
        if several := schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf"):
            null = {"type": "null"}
            if null in several and not self.whole:
                return None
            return self.sample(next(each for each in several if each != null), above)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return schema["enum"][0 if self.whole else -1]
        kind = schema.get("type")
        if kind == "object" or "properties" in schema:
            return self._object(schema, above)
        if kind == "array":
            count = schema.get("minItems", 1 if self.whole else 0)
            return [self.sample(schema.get("items", {}), above) for _ in range(count)]
        return self._plain(schema)

    def _object(self, schema: Schema, above: tuple[str, ...]) -> Any:
        fields = schema.get("properties", {})
        names = fields if self.whole else schema.get("required", [])
        found = {name: self.sample(fields[name], above) for name in names}
        more = schema.get("additionalProperties")
        if isinstance(more, dict) and self.whole:
            found["word"] = self.sample(more, above)
        return found

    def _plain(self, schema: Schema) -> Any:
        match schema.get("type"):
            case "integer":
                return max(schema.get("minimum", 1), 1)
            case "number":
                return max(schema.get("minimum", 0.5), 0.5)
            case "boolean":
                return self.whole
            case "string":
                pattern = schema.get("pattern", "")
                fitting = (word for word in WORDS if re.search(pattern, word))
                return FORMATS.get(str(schema.get("format"))) or next(fitting)
        return "anything"

    def _row(self, schema: Schema) -> Schema:
        whole = self._at(schema["$ref"]) if "$ref" in schema else schema
        rows: Schema = whole["properties"]["items"]["items"]
        return rows

    def _operation(self, request: httpx.Request) -> tuple[str, Schema, dict[str, str]]:
        for path, methods in self.openapi["paths"].items():
            pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+?)", re.escape(path))
            match = re.fullmatch(pattern, request.url.raw_path.decode().partition("?")[0])
            if match and request.method.lower() in methods:
                found = {name: unquote(value) for name, value in match.groupdict().items()}
                return path, methods[request.method.lower()], found
        raise AssertionError(f"the document has no {request.method} {request.url.path}")

    def _check_parameters(
        self, operation: Schema, query: dict[str, str], places: dict[str, str]
    ) -> None:
        known = {p["name"]: p for p in operation["parameters"] if p.get("in") == "query"}
        assert query.keys() <= known.keys()
        needed = {name for name, parameter in known.items() if parameter.get("required")}
        assert needed <= query.keys()
        assert all(places.values())

    def _check_body(self, operation: Schema, request: httpx.Request) -> None:
        content = operation.get("requestBody", {}).get("content", {})
        media = request.headers.get("Content-Type", "").partition(";")[0]
        if not content:
            assert request.content == b""
        elif media == JSON:
            schema = {**content[JSON]["schema"], "components": self.openapi["components"]}
            Draft202012Validator(schema).validate(orjson.loads(request.content))
        else:
            assert media in content

    def _at(self, reference: str) -> Schema:
        found: Any = self.openapi
        for word in reference.removeprefix("#/").split("/"):
            found = found[word]
        return found  # type: ignore[no-any-return]
