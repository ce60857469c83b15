"""Ratings from files, which name the texts."""

from typing import Any

from labeling.kinds.texts import ids_of


def by_ids(body: dict[str, Any], ids: dict[str, list[int]]) -> dict[str, Any]:
    """Each text replaced by the ids that have it; what is of another form is left to the body."""
    rows = body.get("ratings")
    if not isinstance(rows, list) or not all(_names_a_text(row) for row in rows):
        return body
    found = [{**row, "completion": pk} for row in rows for pk in ids_of([row["completion"]], ids)]
    return {**body, "ratings": found}


def _names_a_text(row: object) -> bool:
    return isinstance(row, dict) and isinstance(row.get("completion"), str)
