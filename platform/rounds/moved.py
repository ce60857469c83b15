"""Ids in the files of snapshots that were frozen on another server.

The files stay as they are, to the byte: their SHA-256 is what a snapshot is known by. Beside them
stands how each id became the one of its row here: rows keep their distances (backups.moving.ids),
so a number for each table says it all; people have a number each.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from core.tables import Row

Moved = Mapping[str, Any]  # {"annotation_id": what is added, "prompt_id": …, "people": {"7": 19}}
ADDED = ("annotation_id", "prompt_id")
PEOPLE = "people"


def here(moved: Moved, rows: Iterable[Row]) -> Iterator[Row]:
    """`rows` of a file, with the ids of rows here."""
    people: Mapping[str, int] = moved[PEOPLE]
    for row in rows:
        found = {name: row[name] + moved[name] for name in ADDED if name in row}
        if "annotator" in row:
            found["annotator"] = str(people[row["annotator"]])
        yield {**row, **found}


def further(moved: Moved, added: Mapping[str, int], people: Mapping[int, int]) -> dict[str, Any]:
    """`moved`, empty where the files are of the server that is left, after one move more."""
    before: Mapping[str, int] = moved.get(PEOPLE) or {str(pk): pk for pk in people}
    return {
        **{name: moved.get(name, 0) + added[name] for name in ADDED},
        PEOPLE: {key: people[pk] for key, pk in before.items() if pk in people},
    }
