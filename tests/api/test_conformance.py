"""Whatever the OpenAPI document allows, or does not, is asked of each operation as each role.

No answer is a fault of the server, and none is one that the document does not declare. A few
requests for each, always the same ones; `RONDO_EXAMPLES=20` asks so many of each role, others each
time.
"""

import json
import os
from collections.abc import Iterator
from itertools import islice
from typing import Any

import pytest
import schemathesis
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode, checks
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api.api import api
from config.pages import Pages
from tests.access.rules import PEOPLE, RULES
from tests.access.wire import PIECES, connection_kept, signed_in

pytestmark = pytest.mark.django_db
ASKED = os.environ.get("RONDO_EXAMPLES")
WORK = settings(
    max_examples=int(ASKED or 2),
    derandomize=not ASKED,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
CHECKS = [
    checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


def pages(environ: Any, start: Any) -> Iterator[bytes]:
    """Rondo as a WSGI application; what a request changed is taken back."""
    with connection_kept(), transaction.atomic():
        response: Any = Pages()(environ, start)
        # A stream is read by the event loop (tests/api/test_runs.py): here by its head alone.
        flows = getattr(response, "is_async", False)
        body = b"" if flows else b"".join(islice(response, PIECES))
        response.close()
        transaction.set_rollback(True)
    return iter([body])


@pytest.fixture(scope="module")
def document() -> Any:
    found = schemathesis.openapi.from_dict(json.loads(json.dumps(api.get_openapi_schema())))
    found.app = pages
    return found


@pytest.fixture(autouse=True)
def unlimited(settings: Any) -> None:
    settings.API_REQUESTS_A_MINUTE = 10**9


@pytest.mark.parametrize("name", sorted(api.operations()))
def test_every_answer_is_one_that_the_document_declares(name, document, scene):
    operation = document.find_operation_by_id(name)
    rule = RULES[f"api:{name}"]
    keys = scene.keys[rule.sign]
    ours = {} if rule.body is None else {"body": rule.body, "media_type": "application/json"}
    cases = st.one_of(
        operation.as_strategy(GenerationMode.POSITIVE),
        operation.as_strategy(GenerationMode.POSITIVE, path_parameters=keys),
        operation.as_strategy(GenerationMode.NEGATIVE, path_parameters=keys),
        operation.as_strategy(GenerationMode.POSITIVE, path_parameters=keys, **ours),
    )

    for person in PEOPLE:
        sent = signed_in(scene.people[person], api=True)
        headers = {} if person == "anonymous" else {k.decode(): v.decode() for k, v in sent}
        _ask(cases, headers, person)


def _ask(cases: Any, headers: dict[str, str], person: str) -> None:
    @WORK
    @given(case=cases)
    def declared(case: Any) -> None:
        note(f"{person}: {case.method} {case.formatted_path} {case.query} {case.body!r}")
        case.validate_response(case.call(headers=headers), checks=CHECKS)

    declared()
