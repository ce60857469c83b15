"""Types of an OpenAPI schema, as Python writes them."""

from typing import Any

from scripts.client.document import REF

PLAIN = {"integer": "int", "number": "float", "boolean": "bool", "null": "None"}
FORMATS = {"date-time": "datetime", "date": "date", "uuid": "UUID"}


def class_name(name: str) -> str:
    """What a model of the document is called: the word alone, without what it is for."""
    return name.removesuffix("Out").replace("_", "")


def python_type(schema: Any, *, sequence: str = "list") -> str:
    """The type of values of `schema`. sequence: what an array is taken as."""

    def inner(schema: Any) -> str:
        return python_type(schema, sequence=sequence)

    if not isinstance(schema, dict):
        return "Any"
    if "$ref" in schema:
        return class_name(schema["$ref"].removeprefix(REF))
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return " | ".join(dict.fromkeys(map(inner, schema[several])))
    if values := schema.get("enum", [schema["const"]] if "const" in schema else []):
        return f"Literal[{', '.join(map(repr, values))}]"
    kind = schema.get("type")
    if kind == "array":
        return f"{sequence}[{inner(schema.get('items'))}]"
    if kind == "object":
        mapping = "dict" if sequence == "list" else "Mapping"
        return f"{mapping}[str, {inner(schema.get('additionalProperties'))}]"
    if kind == "string":
        return FORMATS.get(str(schema.get("format")), "str")
    return PLAIN.get(str(kind), "Any")


def is_file(schema: Any) -> bool:
    """Whether values are the bytes of a file."""
    return isinstance(schema, dict) and (
        schema.get("format") == "binary" or "contentMediaType" in schema
    )


def may_be_null(schema: Any) -> bool:
    """Whether the type has None among its values."""
    return "None" in python_type(schema).split(" | ")
