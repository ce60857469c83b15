"""What the answers of several operations have a part of."""

from collections import Counter
from collections.abc import Iterator
from typing import get_args

from pydantic import BaseModel

import api.api  # noqa: F401  all operations
from api.parts import EventKind, JobState, ModelKind
from jobs.models import Job, JobEvent
from registry.models import ModelVersion


def below(kind: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for each in kind.__subclasses__():
        yield each
        yield from below(each)


def test_no_two_schemas_have_one_name() -> None:
    """Of two the OpenAPI document would hold one, for the operations of both."""
    ours = {each for each in below(BaseModel) if each.__module__.startswith("api.")}
    names = Counter(each.__name__ for each in ours)

    assert [name for name, count in names.items() if count > 1] == []


def test_states_and_kinds_are_those_of_the_rows() -> None:
    assert set(get_args(JobState)) == set(Job.State.values)
    assert set(get_args(EventKind)) == set(JobEvent.Kind.values)
    assert set(get_args(ModelKind)) == set(ModelVersion.Kind.values)
