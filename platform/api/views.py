"""Pages of the API: its documentation."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from api.api import api


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """Every operation, rendered from the OpenAPI document itself; no script, no CDN."""
    schema = api.get_openapi_schema()
    operations = [
        {
            "path": path,
            "method": method.upper(),
            "id": operation["operationId"],
            "summary": operation["summary"],
            "description": operation.get("description", ""),
            "parameters": [_parameter(part) for part in operation["parameters"]],
        }
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    ]
    context = {"info": schema["info"], "operations": operations}
    return render(request, "api/docs.html", context)


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
