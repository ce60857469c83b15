"""Rankings from files, which name the texts."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from labeling.formats.base import Label
from labeling.kinds.ranking.exports import OWN, RANKINGS
from labeling.kinds.reading import Readers, Reads, the_completions
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
    if label.written or not label.texts:
        return None
    if label.has_strength:  # which an order does not say
        return None
    tiers: dict[int, list[int]] = defaultdict(list)
    unacceptable: list[int] = []
    for pk, text in zip(ids, label.texts, strict=True):
        (tiers[text.tier] if text.acceptable else unacceptable).append(pk)
    return {"tiers": [tiers[tier] for tier in sorted(tiers)], "unacceptable": unacceptable}


def of_rows(label: Label, ids: Sequence[int], settings: object) -> dict[str, Any]:
    """The body of a row of the dataset rankings."""
    (row,) = label.rows
    own = next((each for each in row["completions"] if each["id"] == OWN), None)
    texts = [each for each in row["completions"] if each["id"] != OWN]
    pk_of = dict(zip([each["id"] for each in texts], ids, strict=True))
    tiers: dict[int, list[int]] = defaultdict(list)
    for each in texts:
        if each["acceptable"]:
            tiers[each["tier"]].append(pk_of[each["id"]])
    body: dict[str, Any] = {
        "tiers": [tiers[tier] for tier in sorted(tiers)],
        "unacceptable": [pk_of[each["id"]] for each in texts if not each["acceptable"]],
    }
    if own:
        body["written"] = {
            "original": pk_of.get(row["edited_from"]),
            "text": own["text"],
            "tied": own["tier"] in tiers,
        }
    return body


READS: Readers = {RANKINGS: Reads(texts=the_completions, body=of_rows)}


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(text, str) for text in value)
