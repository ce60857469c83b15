"""Pages of the API: its documentation."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from api.api import api


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """Every operation, rendered from the OpenAPI document itself; no script, no CDN."""
    schema = api.get_openapi_schema()
    operations = [
        {"path": path, "method": method.upper(), **operation}
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    ]
    context = {"info": schema["info"], "operations": operations}
    return render(request, "api/docs.html", context)
