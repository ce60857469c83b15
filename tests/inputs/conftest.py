"""A project, its manager and each door, for files that are no good."""

from pathlib import Path

import pytest

from accounts.models import User
from labeling.models import Project, Role
from tests.factories import make_member, make_project
from tests.inputs.doors import DOORS, Door
from tests.web_server import Start, WebServer


@pytest.fixture
def project(db: None) -> Project:
    return make_project("kitchen")


@pytest.fixture
def mona(project: Project) -> User:
    """Its manager."""
    return make_member(project, "Mona", Role.MANAGER)


@pytest.fixture
def server(start_server: Start, tmp_path: Path) -> WebServer:
    """gunicorn as people's, with the artifacts of the test."""
    return start_server(RONDO_ARTIFACTS=str(tmp_path / "artifacts"))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Once for each door; for doors of tables or Parquet where these are asked for."""
    for name, wanted in (("door", None), ("table_door", "tables"), ("parquet_door", "parquet")):
        if name in metafunc.fixturenames:
            doors = {key: each for key, each in DOORS.items() if not wanted or _is(each, wanted)}
            metafunc.parametrize(name, doors.values(), ids=doors)


def _is(door: Door, wanted: str) -> bool:
    return bool(getattr(door, wanted))
