"""Values of a row as the columns of a dataset say, whatever file they come from.

In a table a list, an object, a number and a flag are texts, and what is empty is not there.
"""

from typing import Any

from django.utils.translation import gettext as _

from core.errors import BadInputError
from labeling.datasets import ColumnType, Dataset
from labeling.formats.base import Row
from labeling.readers.strict_json import DECODER

NOT_THERE = object()


def has_columns(row: Row, dataset: Dataset) -> bool:
    """Whether a row may be one of `dataset`.

    A text may be missing, as an empty cell of a table is, and a float, which others are the sum of.
    """
    needed = (name for name, kind in dataset.columns.items() if kind not in (str, float))
    return all(row.get(name) is not None for name in needed)


def typed(row: Row, dataset: Dataset) -> Row:
    """The dataset's own columns; BadInputError names the first that is of another type."""
    return {name: _value(row.get(name), kind, name) for name, kind in dataset.columns.items()}


def _value(value: Any, kind: ColumnType, name: str) -> Any:
    if kind is str:
        return _checked("" if value is None else value, str, name)
    if isinstance(value, str):
        value = _parsed(value)
    if isinstance(kind, list):
        return [_value(each, kind[0], name) for each in _checked(value, list, name)]
    if isinstance(kind, dict):
        found = _checked(value, dict, name)
        return {key: _value(found.get(key), each, f"{name}.{key}") for key, each in kind.items()}
    if kind is float:
        value = 0.0 if value is None else value
        return _checked(float(value) if type(value) is int else value, float, name)
    return _checked(value, kind, name)


def _parsed(text: str) -> Any:
    try:
        return DECODER.decode(text)
    except (ValueError, RecursionError):
        return NOT_THERE


def _checked(value: Any, kind: type, name: str) -> Any:
    if type(value) is not kind:
        raise BadInputError(_("“%(name)s” is not as Rondo exports it") % {"name": name})
    return value
