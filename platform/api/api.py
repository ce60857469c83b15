"""The REST API, /api/v1/. How an operation is added: docs/api.md."""

from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

from api import errors, openapi
from api.auth import SIGNED_IN
from api.conduct import conduct
from api.parser import StrictParser
from api.routers import (
    aliases,
    answers,
    artifacts,
    assignments,
    audit,
    collecting,
    corpora,
    evaluations,
    events,
    exports,
    frozen,
    guidelines,
    imports,
    jobs,
    launches,
    members,
    models,
    notices,
    own_answers,
    preambles,
    projects,
    prompts,
    proposal_decisions,
    proposals,
    pseudonyms,
    rounds,
    runs,
    settings,
    snapshot_cards,
    snapshot_changes,
    snapshots,
    tasks,
    votes,
    webhooks,
)


class RondoAPI(NinjaAPI):
    """django-ninja's, whose document says all that an operation may answer."""

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        """The OpenAPI 3.1 document."""
        document = super().get_openapi_schema(**options)
        openapi.complete(document, self.operations())
        return document

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """The name of its function, which is that of its address as well."""
        return operation.view_func.__name__

    def operations(self) -> dict[str, Operation]:
        """Every operation, by its id."""
        routers = self._get_bound_routers()
        views = [view for router in routers for view in router.path_operations.values()]
        return {
            self.get_openapi_operation_id(operation): operation
            for view in views
            for operation in view.operations
        }


api = RondoAPI(
    title="Rondo API",
    version="1",
    description="Prompts, labels and preferences of your projects, in the formats of TRL.",
    urls_namespace="api",
    auth=SIGNED_IN,
    parser=StrictParser(),
    docs_url=None,  # our own page: api.views.docs
)
errors.register(api)
api.add_decorator(conduct, mode="view")
ROUTERS = [
    *(projects, settings, members, guidelines, preambles, prompts, imports),
    *(tasks, assignments, own_answers, answers, proposals, proposal_decisions),
    *(exports, frozen, pseudonyms),
    *(rounds, collecting, launches, runs, events, evaluations, votes),
    *(models, aliases, snapshots, snapshot_cards, snapshot_changes, corpora, artifacts),
    *(notices, webhooks, jobs, audit),
]
for part in ROUTERS:
    api.add_router("", part.router)
