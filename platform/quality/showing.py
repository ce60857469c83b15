"""Groups of figures as pages show them: rows of cells, with what is missing where too few tell."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from labeling.kinds.base import AnnotationKind
from labeling.kinds.comparing import Figure
from labeling.models import Split
from quality.known import ENOUGH

Row = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A figure with its interval, "" where it has no value."""

    figure: Figure
    value: str
    low: str
    high: str


@dataclass(frozen=True, kw_only=True)
class Group:
    """A row of a table. missing: how many tasks more it takes until figures are shown."""

    name: str
    tasks: int
    missing: int
    cells: list[Cell]


def written(number: float, form: str) -> str:
    """A figure as it is read: shares in percent, with a real minus sign."""
    if form == "share":
        return f"{100 * number:.1f}\N{NO-BREAK SPACE}%"
    return f"{round(number, 2) + 0.0:.2f}".replace("-", "−")


def group(row: Row, kind: AnnotationKind, name: str = "") -> Group:
    """One of ProjectFigures.groups."""
    return Group(
        name=name,
        tasks=row["tasks"],
        missing=max(0, ENOUGH - row["tasks"]),
        cells=[_cell(figure, row["figures"].get(figure.name)) for figure in kind.agreement],
    )


def _cell(figure: Figure, found: Mapping[str, float] | None) -> Cell:
    keys = ("value", "low", "high")
    texts = {key: written(found[key], figure.form) if found else "" for key in keys}
    return Cell(figure=figure, **texts)


def tables(rows: Iterable[Row], kind: AnnotationKind) -> list[tuple[str, list[Group]]]:
    """The tables of a kind by what they part: a title, and a row for each part."""
    found = [row for row in rows if row["kind"] == kind.name]
    names = {"split": {str(value): str(label) for value, label in Split.choices}}
    names["people"] = _people(found)
    titles = {
        "round": _("By round"),
        "language": _("By language"),
        "split": _("By split"),
        "people": _("By pair of people"),
    }
    parts = {by: [row for row in found if row["by"] == by] for by in titles}

    def name(row: Row) -> str:
        return str(names.get(row["by"], {}).get(row["value"], row["value"]))

    return [
        (title, [group(row, kind, name(row)) for row in parts[by]]) for by, title in titles.items()
    ]


def _people(rows: list[Row]) -> dict[str, str]:
    """The names of each pair of people, in one query."""
    pairs = {row["value"]: row["value"].split("-") for row in rows if row["by"] == "people"}
    keys = {int(pk) for both in pairs.values() for pk in both}
    found = User.objects.in_bulk(keys)
    names = {str(pk): str(found.get(pk, "?")) for pk in keys}
    return {value: " · ".join(names[pk] for pk in both) for value, both in pairs.items()}
