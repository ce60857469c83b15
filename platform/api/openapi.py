"""What every operation has in common, said in the OpenAPI document of each.

django-ninja describes what an operation takes and gives; here come the answers when it is refused,
the headers of all answers, and the roles.
"""

from http import HTTPStatus
from typing import Any

from ninja.operation import Operation

from api.auth import TokenAuth
from api.conduct import media_type
from api.idempotency import LONGEST
from api.schemas import Problem
from core.middleware import SAFE
from labeling.models import Role

PROBLEM = "application/problem+json"
REFERENCE = "#/components/{kind}/{name}"
TEXT = {"type": "string"}
HEADERS: dict[str, dict[str, Any]] = {
    "RateLimit-Policy": {
        "description": '`"token";q=…;w=…`: so many requests (q) in so many seconds (w).',
        "schema": TEXT,
    },
    "RateLimit": {
        "description": '`"token";r=…;t=…`: so many are left (r) for so many seconds (t).',
        "schema": TEXT,
    },
    "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}},
    "Content-Range": {"description": "`bytes */…`: how long the file is.", "schema": TEXT},
    "WWW-Authenticate": {"description": "`Bearer`.", "schema": TEXT},
    "X-Request-ID": {"description": "Names the request in the server's log.", "schema": TEXT},
    "Idempotency-Replayed": {
        "description": "`true`: the answer that the same request had before.",
        "schema": TEXT,
    },
}
OF_ALL = ["RateLimit-Policy", "RateLimit", "X-Request-ID"]
OF_STATUS = {401: ["WWW-Authenticate"], 409: ["Retry-After"], 416: ["Content-Range"],
             429: ["Retry-After"], 503: ["Retry-After"]}  # fmt: skip
IDEMPOTENCY_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "description": "A name of your own for this request: sent again within a day, it is answered"
    " as before and done once. With another request: 422; while the first is being done: 409.",
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST, "pattern": "^[!-~]+$"},
}
FILE = "The file, sent with its name."
PLACES = {  # what a part of an address is, where it is not the `id` of one row of a list
    "slug": "The short name of the project, as addresses have it.",
    "number": "Its number within the project.",
    "name": "One of `name` in the list of its files.",
    "later": "The `id` of the later snapshot.",
    "dataset": "The name of what is exported.",
    "encoding": "The form of the file.",
}
TAGS = {
    "projects": "Projects, and how they are set.",
    "members": "Who is in a project, and as what.",
    "guidelines": "What annotators are told, by version.",
    "preambles": "What stands before every prompt, by version.",
    "prompts": "Prompts, and files of prompts and labels that come in.",
    "tasks": "Questions to people, and steering them.",
    "assignments": "Taking tasks, drafts, and giving answers.",
    "answers": "What people answered: one's own, and those to review.",
    "proposals": "Prompts that people write, and deciding on them.",
    "exports": "What leaves: streams, and files that never change.",
    "rounds": "Turns of the loop: what people are asked.",
    "launches": "What training would need, and starting it.",
    "runs": "Training, with its events, curves and log.",
    "evaluations": "Whether a model is better, by reward models.",
    "votes": "Whether a model is better, by people.",
    "models": "Versions, which of them serves, and since when.",
    "snapshots": "Labels as they were when they were frozen, and what changed since.",
    "corpora": "Plain texts that PPO goes on learning from.",
    "artifacts": "Files of models, snapshots and corpora.",
    "notices": "What you are told of.",
    "webhooks": "What other servers are told of.",
    "jobs": "What workers do.",
    "audit": "Who did what.",
}
PATHS: dict[str, dict[str, Any]] = {  # what the converters of the addresses take
    "string": {"minLength": 1, "pattern": "^[-a-zA-Z0-9_]+$"},
    "integer": {"minimum": 0, "maximum": 2**63 - 1},
}


def complete(document: dict[str, Any], operations: dict[str, Operation]) -> None:
    """Add it to `document`; operations: by their ids."""
    for path, methods in document["paths"].items():
        for method, details in methods.items():
            operation = operations[details["operationId"]]
            _describe(details["parameters"], path)
            _complete(details, operation, writes=method.upper() not in SAFE)
            if method == "post":
                details["parameters"].append(_at("parameters", "Idempotency-Key"))
    document["tags"] = [{"name": name, "description": said} for name, said in TAGS.items()]
    components = document["components"]
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    components["schemas"] |= problem.pop("$defs") | {"Problem": problem}
    components["headers"] = HEADERS
    components["parameters"] = {"Idempotency-Key": IDEMPOTENCY_KEY}
    components["responses"] = {
        f"Problem{status}": _problem(status) for status in (400, 401, 403, 404, 408, 409, 413, 415,
                                                            416, 422, 429, 500, 503)
    }  # fmt: skip


def statuses(operation: Operation, *, writes: bool) -> list[int]:
    """Of the refusals that it can answer with."""
    door = door_of(operation)
    sources = {model.__ninja_param_source__ for model in operation.models}
    found = {400, 401, 429, 500, 503}
    if writes:
        found |= {403, 409, 422}
    if door.admin or door.whole or door.role in {Role.REVIEWER, Role.MANAGER}:
        found.add(403)
    if "query" in sources:
        found.add(422)
    if "path" in sources or writes:
        found.add(404)
    found |= getattr(operation.view_func, "refuses", set())
    if media_type(operation):
        found |= {408, 413, 415}
    return sorted(found)


def door_of(operation: Operation) -> TokenAuth:
    """Who may do it."""
    (door,) = operation.auth_callbacks
    assert isinstance(door, TokenAuth)
    return door


def _complete(details: dict[str, Any], operation: Operation, *, writes: bool) -> None:
    for parameter in details["parameters"]:
        if parameter["in"] == "path":
            schema = parameter["schema"]
            parameter["schema"] = PATHS.get(schema.get("type", ""), {}) | schema
    form = details.get("requestBody", {}).get("content", {}).get("multipart/form-data")
    if form:
        form["schema"]["additionalProperties"] = False
        form["schema"]["properties"]["file"].setdefault("description", FILE)
    for status, response in details["responses"].items():
        names = [*OF_ALL, *(["Idempotency-Replayed"] if "post" in map(str.lower, operation.methods)
                            else [])]  # fmt: skip
        response["headers"] = response.get("headers", {}) | _headers(names)
        details["responses"][status] = response
    parts = [416] if 206 in details["responses"] else []  # of what is sent in parts
    for status in [*statuses(operation, writes=writes), *parts]:
        details["responses"].setdefault(status, _at("responses", f"Problem{status}"))
    door = door_of(operation)
    details["x-role"] = "admin" if door.admin else str(door.role or "")


def _describe(parameters: list[dict[str, Any]], path: str) -> None:
    """Say what each part of the address is; `pk` by the list that it stands behind."""
    for parameter in parameters:
        if parameter["in"] == "path":
            name = parameter["name"]
            listed = path.partition(f"/{{{name}}}")[0].rpartition("/")[2]
            usual = f"The `id` of one of `{listed}`."
            parameter.setdefault("description", PLACES.get(name, usual))


def _problem(status: int) -> dict[str, Any]:
    return {
        "description": HTTPStatus(status).phrase,
        "headers": _headers([*OF_ALL, *OF_STATUS.get(status, [])]),
        "content": {PROBLEM: {"schema": _at("schemas", "Problem")}},
    }


def _headers(names: list[str]) -> dict[str, Any]:
    return {name: _at("headers", name) for name in names}


def _at(kind: str, name: str) -> dict[str, str]:
    return {"$ref": REFERENCE.format(kind=kind, name=name)}
