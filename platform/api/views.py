"""Pages of the API: its documentation."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from api.api import api


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """Every operation by what it is about, from the OpenAPI document itself; no script, no CDN."""
    schema = api.get_openapi_schema()
    operations = [
        {
            "tag": operation["tags"][0],
            "path": path,
            "method": method.upper(),
            "id": operation["operationId"],
            "summary": operation["summary"],
            "description": operation.get("description", ""),
            "role": operation["x-role"],
            "parameters": [_parameter(_found(schema, part)) for part in operation["parameters"]],
            "body": _body(schema, operation),
            "example": _example(schema, operation),
        }
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    ]
    groups = [
        tag | {"operations": [each for each in operations if each["tag"] == tag["name"]]}
        for tag in schema["tags"]
    ]
    context = {"info": schema["info"], "groups": groups}
    return render(request, "api/docs.html", context)


def _found(document: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    """`part`, or what of the document it refers to."""
    if "$ref" not in part:
        return part
    place: Any = document
    for name in part["$ref"].removeprefix("#/").split("/"):
        place = place[name]
    return dict(place)


def _body(document: dict[str, Any], operation: dict[str, Any]) -> list[dict[str, Any]]:
    """A row for each field of the body, as those of parameters."""
    content = operation.get("requestBody", {}).get("content", {})
    rows = []
    for media, part in content.items():
        schema = _found(document, part["schema"])
        for name, field in schema.get("properties", {}).items():
            said = {"name": name, "in": media, "required": name in schema.get("required", [])}
            rows.append(_parameter(said | {"schema": _found(document, field)}))
    return rows


def _example(document: dict[str, Any], operation: dict[str, Any]) -> str:
    """A body as JSON, "" where it takes none or a form."""
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if content is None:
        return ""
    (shown,) = _found(document, content["schema"])["examples"]
    return json.dumps(shown, ensure_ascii=False)


def _parameter(part: dict[str, Any]) -> dict[str, Any]:
    """What the table shows of an OpenAPI parameter."""
    schema = part["schema"]
    values = next((s for s in schema.get("anyOf", []) if s.get("type") != "null"), schema)
    return {
        "name": part["name"],
        "where": part["in"],
        "is_required": part.get("required", False),
        "type": values.get("type", ""),
        "values": values.get("enum", []),
        "meaning": part.get("description") or schema.get("description", ""),
    }
