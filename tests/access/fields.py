"""Where operations take the id of a row outside their address, read from the OpenAPI document."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from api.api import api
from labeling.models import Annotation, Import
from notices.models import Notice
from tests.access.scene import Scene
from webhooks.models import Delivery


@dataclass(frozen=True)
class Place:
    """A field of the query or the body of an operation, dotted where nested."""

    operation: str
    where: str
    field: str


# What each names: a row of `rows_of`.
ROWS = {
    Place("list_prompts", "query", "imported"): "import",
    Place("list_prompts", "query", "author"): "person",
    Place("list_answers", "query", "person"): "person",
    Place("list_answers", "query", "task"): "task",
    Place("next_review", "body", "person"): "person",
    Place("next_review", "body", "later[]"): "answer",
    Place("list_proposals", "query", "author"): "person",
    Place("accept_proposals", "body", "proposals[]"): "proposal",
    Place("open_round", "body", "base"): "base",
    Place("list_samples", "query", "model"): "model",
    Place("ask_people", "body", "models[]"): "model",
    Place("see_notices", "body", "ids[]"): "notice",
    Place("replay_webhook", "body", "message"): "message",
    Place("list_project_acts", "query", "person"): "manager",
}
# Rows of no project: who may do it may name any.
OF_THE_SITE = {Place("list_acts", "query", "person")}
# Integers that name no row, or one by its number within the project of the address.
NUMBERS = {
    *("limit", "after", "heldout_percent", "goal", "overlap", "lease_minutes", "prompts_per_user"),
    *("version", "active_seconds", "guideline_version", "guideline", "round", "filters.round"),
    *("at_least", "at_most", "agreement", "number", "prompts", "votes", "effect", "seed"),
    *("chosen_percent", "max_new_tokens", "first_batch", "agreement_at_least"),
    *("agreement_at_most", "filters.agreement_at_least", "filters.agreement_at_most"),
}


def rows_of(scene: Scene) -> dict[str, Any]:
    """One of each kind of row that a field may name."""
    keys, project, person = scene.keys, scene.world.project, scene.people["annotator"]
    answer = Annotation.objects.filter(project=project, annotator=person).latest("pk")
    return {
        "import": Import.objects.get(project=project).pk,
        "person": scene.world.ada.pk,
        "manager": scene.world.mona.pk,
        "task": answer.task_id,
        "answer": answer.pk,
        "proposal": keys["proposal"]["pk"],
        "model": keys["model"]["pk"],
        "base": scene.world.round.writer_id,
        "notice": Notice.objects.filter(user=person)[0].pk,
        "message": Delivery.objects.filter(endpoint__project=project)[0].pk,
    }


def places() -> Iterator[Place]:
    """Every integer that an operation takes outside its address."""
    document = api.get_openapi_schema()
    for methods in document["paths"].values():
        for operation in methods.values():
            name = operation["operationId"]
            for parameter in operation["parameters"]:
                if parameter.get("in") == "query":
                    for field in _integers(document, parameter["schema"], parameter["name"]):
                        yield Place(name, "query", field)
            for content in operation.get("requestBody", {}).get("content", {}).values():
                for field in _integers(document, content["schema"], ""):
                    yield Place(name, "body", field)


def _integers(document: Any, schema: Any, field: str) -> Iterator[str]:
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    if schema.get("type") == "integer":
        yield field
    for choice in [*schema.get("anyOf", []), *schema.get("allOf", [])]:
        yield from _integers(document, choice, field)
    if "items" in schema:
        yield from _integers(document, schema["items"], f"{field}[]")
    for name, inner in schema.get("properties", {}).items():
        yield from _integers(document, inner, f"{field}.{name}".lstrip("."))
