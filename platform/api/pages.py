"""The export page of a project: what leaves, how it looks, how to load it."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.requests import UserRequest
from api.exports.datasets import datasets, source_of
from api.exports.encoding import ENCODERS
from api.exports.filters import Filters
from api.exports.reading import preview
from api.exports.responses import export_response
from api.filter_fields import USUAL, fields
from core.text import INVISIBLE
from labeling.access import membership_for, project_for
from labeling.datasets import Row
from labeling.models import Role

ROWS_SHOWN = 5
FROZEN_SHOWN = 20  # the API lists all
LOADERS = {"jsonl": "json", "parquet": "parquet", "csv": "csv"}


@never_cache
@login_required
@require_safe
def export_page(request: UserRequest, slug: str) -> HttpResponse:
    """Choose dataset, format and filters; see five rows; copy the two snippets."""
    member = membership_for(request.user, slug, role=Role.REVIEWER)
    project = member.project
    # Held-out prompts are for measuring: who wants them too asks for them.
    query = request.GET.copy() if request.GET else QueryDict("split=train", mutable=True)
    dataset = known(query.pop("dataset", ["preferences"])[-1], datasets())
    encoding = known(query.pop("encoding", ["jsonl"])[-1], ENCODERS)
    filters = Filters.read(query)
    kept = urlencode(filters.asked)
    address = reverse("api:export", args=[slug, dataset, encoding])
    rows = preview(datasets()[dataset], project, filters, rows=ROWS_SHOWN)
    allowed = source_of(datasets()[dataset]).filters
    shown = fields(project, filters, allowed)
    context: dict[str, Any] = {
        "project": project,
        "is_manager": member.role == Role.MANAGER,
        "chips": [(each, _query_of(name, encoding, filters)) for name, each in datasets().items()],
        "dataset": datasets()[dataset],
        "encodings": ENCODERS,
        "encoding": encoding,
        "usual": shown[:USUAL],
        "more": shown[USUAL:],
        "opens": any(each.value for each in shown[USUAL:]),
        "kept": kept,
        "asked": filters.asked,
        "frozen": project.frozen_exports.select_related("job").order_by("-pk")[:FROZEN_SHOWN],
        "rows": [visible_json(row) for row in rows],
        "file": f"{dataset}.{encoding}",
        "loader": LOADERS[encoding],
        "address": f"{settings.SITE_URL}{address}{'?' if kept else ''}{kept}",
    }
    return render(request, "api/export.html", context)


@login_required
@require_safe
def export_download(
    request: UserRequest, slug: str, dataset: str, encoding: str
) -> StreamingHttpResponse:
    """The same download as the API's, for a person at the page."""
    project = project_for(request.user, slug, role=Role.REVIEWER)
    return export_response(
        project=project,
        dataset=known(dataset, datasets()),
        encoding=known(encoding, ENCODERS),
        filters=Filters.read(request.GET),
    )


def _query_of(dataset: str, encoding: str, filters: Filters) -> str:
    """The page of another dataset, with those filters that it has."""
    allowed = source_of(datasets()[dataset]).filters
    kept = {name: value for name, value in filters.asked.items() if name in allowed}
    return urlencode({"dataset": dataset, "encoding": encoding, **kept})


def known(name: str, names: Mapping[str, object]) -> str:
    """`name`, if it is one of `names`; Http404 otherwise."""
    if name not in names:
        raise Http404
    return name


def visible_json(row: Row) -> str:
    """The row as it is exported, indented; characters that nobody sees are written as escapes."""
    text = json.dumps(row, ensure_ascii=False, indent=1)
    return "".join(f"\\u{ord(c):04x}" if c in INVISIBLE else c for c in text)
