"""Rankings from files, which name the texts."""

from typing import Any

from labeling.kinds.texts import ids_of


def by_ids(body: dict[str, Any], ids: dict[str, list[int]]) -> dict[str, Any]:
    """Each text replaced by the ids that have it; what is of another form is left to the body."""
    found = dict(body)
    if _is_texts(tier := body.get("unacceptable", [])):
        found["unacceptable"] = ids_of(tier, ids)
    tiers = body.get("tiers")
    if isinstance(tiers, list) and all(map(_is_texts, tiers)):
        found["tiers"] = [ids_of(tier, ids) for tier in tiers]
    written = body.get("written")
    if isinstance(written, dict) and isinstance(original := written.get("original"), str):
        found["written"] = written | {"original": ids_of([original], ids)[0]}
    return found


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(text, str) for text in value)
