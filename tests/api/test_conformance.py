"""Whatever the OpenAPI document allows, or does not, is asked of each operation by every caller.

No answer is a fault of the server, and none is one that the document does not declare. First comes
the example of the document, which succeeds for whom it may. Then 20 requests, always the same ones,
each as the lowest role that may and by another caller in turn; `RONDO_EXAMPLES=20` sends so many,
others each time, each as all roles and with all tokens.
How often an operation answered what, to whom: `-o junit_family=xunit1 --junitxml=FILE`.
"""

import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import cycle, islice
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
from tests.access.callers import by_role, by_token, person_of
from tests.access.rules import RULES
from tests.access.wire import PIECES, connection_kept
from tests.api.states import example_of, ready

pytestmark = pytest.mark.django_db
ASKED = os.environ.get("RONDO_EXAMPLES")
WORK = settings(
    max_examples=int(ASKED or 20),
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
def test_every_answer_is_one_that_the_document_declares(
    name, document, scenes, scene, record_property
):
    operation = document.find_operation_by_id(name)
    rule = RULES[f"api:{name}"]
    sent = ready(name, rule, scene, example_of(document.raw_schema, name))
    keys, ours = {"path_parameters": sent.keys}, {}
    if sent.body is not None:
        ours = {"body": sent.body, "media_type": sent.media}
    callers, lowest = by_role(scene) | by_token(scenes, rule), person_of(rule)
    turns = cycle(sorted(callers.keys() - {lowest}))
    answers: Counter[tuple[str, int]] = Counter()

    def ask(case: Any, names: Iterable[str]) -> dict[str, Any]:
        said = {}
        for caller in names:
            said[caller] = case.call(headers=callers[caller])
            case.validate_response(said[caller], checks=CHECKS)
            answers[caller, said[caller].status_code] += 1
        return said

    @WORK
    @given(
        case=st.one_of(
            operation.as_strategy(GenerationMode.POSITIVE),
            operation.as_strategy(GenerationMode.POSITIVE, **keys),
            operation.as_strategy(GenerationMode.NEGATIVE, **keys),
            operation.as_strategy(GenerationMode.POSITIVE, **keys, **ours),
        )
    )
    def declared(case: Any) -> None:
        names = list(callers) if ASKED else [lowest, next(turns)]
        note(f"{names}: {case.method} {case.formatted_path} {case.query} {case.body!r}")
        ask(case, names)

    first = ask(operation.Case(**keys, **ours), callers)[lowest]
    assert 200 <= first.status_code < 300, first.text
    if name.startswith("list_"):  # else nothing is said of what stands in it
        assert first.json().get("items") != []
    declared()
    record_property("answers", json.dumps({f"{c} {n}": times for (c, n), times in answers.items()}))
