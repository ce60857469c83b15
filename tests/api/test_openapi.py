"""The OpenAPI document says all that an operation may take and answer."""

import jsonschema_rs
import pytest

from api import conduct
from api.api import api

PROBLEMS = {400, 401, 403, 404, 408, 409, 413, 415, 416, 422, 429, 500, 503}


@pytest.fixture
def document(client):
    return client.get("/api/v1/openapi.json").json()


def references(part):
    if isinstance(part, dict):
        yield from [part["$ref"]] if isinstance(part.get("$ref"), str) else []
        part = list(part.values())
    for each in part if isinstance(part, list) else []:
        yield from references(each)


def at(document, reference):
    for name in reference.removeprefix("#/").split("/"):
        document = document[name]
    return document


def test_every_reference_leads_somewhere(document):
    for reference in set(references(document)):
        assert at(document, reference)


def test_it_is_of_openapi_3_1_and_each_operation_has_an_id_of_its_own(document):
    ids = [each["operationId"] for each in operations(document)]

    assert document["openapi"].startswith("3.1.")
    assert sorted(ids) == sorted(set(ids)) == sorted(api.operations())


def operations(document):
    return [each for path in document["paths"].values() for each in path.values()]


def test_each_refusal_is_a_problem(document):
    problem = {"schema": {"$ref": "#/components/schemas/Problem"}}
    for operation in operations(document):
        answers = {int(status): body for status, body in operation["responses"].items()}
        refusals = {status: answers[status] for status in answers if status >= 400}
        assert refusals.keys() >= {400, 401, 429, 500, 503}
        assert refusals.keys() <= PROBLEMS
        for answer in refusals.values():
            content = at(document, answer["$ref"])["content"]
            assert content == {"application/problem+json": problem}
        assert [status for status in answers if status < 300], operation["operationId"]


def test_what_an_operation_can_refuse_follows_from_what_it_is(document):
    def refusals(path, method):
        found = map(int, document["paths"][f"/api/v1{path}"][method]["responses"])
        return [status for status in found if status >= 400]

    always = {400, 401, 429, 500, 503}
    read = set(refusals("/projects/{slug}", "get"))
    listed = set(refusals("/projects/{slug}/imports", "get"))
    made = set(refusals("/projects", "post"))
    assert read == always | {404}
    assert listed == always | {403, 404, 422}
    assert made == always | {403, 404, 408, 409, 413, 415, 422}


def test_lists_come_in_pages_of_one_shape(document):
    for path, methods in document["paths"].items():
        answer = methods.get("get", {}).get("responses", {}).get("200", {})
        schema = answer.get("content", {}).get("application/json", {}).get("schema", {})
        assert schema.get("type") != "array", path
        if "$ref" in schema and "items" in at(document, schema["$ref"])["properties"]:
            assert set(at(document, schema["$ref"])["properties"]) == {"items", "next"}
            names = {parameter.get("name") for parameter in methods["get"]["parameters"]}
            assert names >= {"cursor", "limit"}, path


def test_bodies_are_strict(document):
    for path, methods in document["paths"].items():
        for operation in methods.values():
            for part in operation.get("requestBody", {}).get("content", {}).values():
                schema = part["schema"]
                schema = at(document, schema["$ref"]) if "$ref" in schema else schema
                assert schema.get("additionalProperties") is False, path


def test_every_post_takes_an_idempotency_key(document):
    key = {"$ref": "#/components/parameters/Idempotency-Key"}
    for methods in document["paths"].values():
        for method, operation in methods.items():
            assert (key in operation["parameters"]) == (method == "post")


def test_every_operation_and_all_that_it_takes_is_described(document):
    tags = {tag["name"] for tag in document["tags"] if tag["description"]}
    assert {tag for each in operations(document) for tag in each["tags"]} == tags
    for operation in operations(document):
        assert operation["summary"], operation["operationId"]
        assert operation["description"], operation["operationId"]
        for part in operation["parameters"]:
            parameter = at(document, part["$ref"]) if "$ref" in part else part
            assert parameter.get("description"), (operation["operationId"], parameter["name"])


def test_every_field_that_is_sent_is_described(document):
    """Units, what is allowed, what is meant where it is left out: a name alone says none of it."""
    bodies = [each.get("requestBody", {}) for each in operations(document)]
    fields = {
        (where, name): field.get("description", "")
        for body in bodies
        for where, schema in sent(document, body)
        for name, field in schema.get("properties", {}).items()
    }

    assert len(fields) > 130
    assert {field for field, said in fields.items() if not said.endswith(".")} == set()


def sent(document, part, seen=()):
    """(name, schema) of all that a body leads to; what stands in it itself is of no name."""
    yield from [("", part)] if "properties" in part else []
    for reference in {*references(part)} - {*seen}:
        schema = at(document, reference)
        yield reference, schema
        yield from sent(document, schema, (*seen, reference))
    for media in part.get("content", {}).values():
        yield from sent(document, media["schema"], seen) if "$ref" not in media["schema"] else []


def test_every_body_has_an_example_that_fits(document):
    for operation in operations(document):
        for part in operation.get("requestBody", {}).get("content", {}).values():
            if "$ref" in part["schema"]:  # else a form with a file
                schema = at(document, part["schema"]["$ref"])
                (shown,) = schema["examples"]
                check = {**schema, "components": document["components"]}
                assert jsonschema_rs.is_valid(check, shown), operation["operationId"]


def test_every_operation_says_who_may_do_it():
    for name, operation in api.operations().items():
        (door,) = operation.auth_callbacks
        slug = "{slug:slug}" in operation.path
        assert (door.role is not None) == slug, name
        assert operation.methods == [operation.methods[0]]
        assert conduct.media_type(operation) in {"", "application/json", "multipart/form-data"}
