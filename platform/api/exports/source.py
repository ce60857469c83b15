"""Where the rows of datasets come from: labels, prompts, skipped tasks, evaluations."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from api.exports.filters import Filters
from labeling.datasets import ColumnType, Dataset, Row
from labeling.models import Project

if TYPE_CHECKING:
    from django.db.models import QuerySet

Maker = Callable[[Collection[int]], Iterator[Row]]


@dataclass(frozen=True, kw_only=True)
class Source:
    """One of them.

    first, around: the columns before and behind a dataset's own.
    filters: the names of those that it has.
    wanted: the rows of the database whose keys are read.
    make: what makes rows of some of these keys, in their order.
    """

    first: Mapping[str, ColumnType]
    around: Mapping[str, ColumnType]
    filters: frozenset[str]
    wanted: Callable[[Dataset, Project, Filters], "QuerySet[Any]"]
    make: Callable[[Dataset, Project, Filters], Maker]
