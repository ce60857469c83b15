"""A project of committed rows, and its annotator."""

from dataclasses import dataclass
from types import SimpleNamespace

import pytest

from accounts.models import User
from labeling.models import Exchange, Project
from registry.models import ModelVersion
from rounds.replying import asking
from tests.factories import make_member, make_project
from tests.labeling.talking import answer, model


@pytest.fixture
def project() -> Project:
    """A project of committed rows, since the server of these tests is another thread."""
    return make_project("kitchen")


@pytest.fixture
def ada(project: Project) -> User:
    """An annotator."""
    return make_member(project, "Ada")


@dataclass
class Replying:
    """The process that replies, in the place of a model: at once, unless it is busy."""

    busy: bool = False

    def __call__(self, version: ModelVersion) -> None:
        for turn in Exchange.objects.waiting(version.pk):
            if not self.busy:
                answer(turn, [f"Six, at turn {turn.number}.", f"Ten, at turn {turn.number}."])


@pytest.fixture(autouse=True)
def replying(monkeypatch: pytest.MonkeyPatch) -> Replying:
    """Who replies in live conversations."""
    stand_in = Replying()
    monkeypatch.setattr(asking, "start", stand_in)
    monkeypatch.setattr(asking, "round_of", lambda task: SimpleNamespace(writer=model()))
    return stand_in
