"""Rankings from files, which name the texts."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from labeling.formats.base import Label
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


def of_label(label: Label, ids: Sequence[int]) -> dict[str, Any] | None:
    """The body of a label that came with a file; None where it gives no order."""
    if not label.texts or any(text.criteria for text in label.texts):
        return None
    tiers: dict[int, list[int]] = defaultdict(list)
    unacceptable: list[int] = []
    for pk, text in zip(ids, label.texts, strict=True):
        (tiers[text.tier] if text.acceptable else unacceptable).append(pk)
    return {"tiers": [tiers[tier] for tier in sorted(tiers)], "unacceptable": unacceptable}


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(text, str) for text in value)
