"""Workers as processes of their own, on the test database and the session's broker."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from celery import current_app

sys.path.insert(0, str(Path(__file__).parent))

import stub_handlers  # noqa: F401  this process queues jobs of these kinds
from crew import ROOT, Broker, Crew

LEASE_SECONDS = 3.0
# A trainer that is asked to stop must have the time on a machine that is busy with other tests.
STOP_SECONDS = 10.0


@pytest.fixture(scope="session")
def jobs_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Job folders of this session's workers."""
    return tmp_path_factory.mktemp("jobs")


@pytest.fixture(scope="session")
def hired(
    tmp_path_factory: pytest.TempPathFactory,
    jobs_folder: Path,
    django_db_setup: None,
    postgres_url: str,
) -> Iterator[Crew]:
    """The workers of the whole session: starting one takes seconds."""
    from django.db import connection

    broker = Broker(tmp_path_factory.mktemp("broker"))
    database = connection.settings_dict["NAME"]
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings_test",
        "DATABASE_URL": f"{postgres_url.rsplit('/', 1)[0]}/{database}",
        "REDIS_URL": broker.server.url,
        "RONDO_JOBS": str(jobs_folder),
        "RONDO_JOB_LEASE_SECONDS": str(LEASE_SECONDS),
        "RONDO_JOB_HEARTBEAT_SECONDS": "0.5",
        "RONDO_JOB_STOP_SECONDS": str(STOP_SECONDS),
        "PYTHONPATH": os.pathsep.join(
            [str(ROOT), str(ROOT / "platform"), str(Path(__file__).parent)]
        ),
    }
    crew = Crew(env=env, folder=tmp_path_factory.mktemp("workers"), broker=broker)
    crew.fill()
    yield crew
    crew.end()
    broker.server.stop()


@pytest.fixture
def crew(  # type: ignore[no-untyped-def]
    hired: Crew, transactional_db: None, jobs_folder: Path, settings, monkeypatch
) -> Iterator[Crew]:
    """Two living workers and the settings that they have."""
    monkeypatch.setattr(current_app.conf, "broker_url", hired.broker.server.url)
    settings.JOBS = jobs_folder
    settings.JOB_LEASE_SECONDS = LEASE_SECONDS
    settings.JOB_NUDGE_AGAIN_SECONDS = 0.5
    hired.fill()
    yield hired
    hired.fill()  # replacements start while the next test begins


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):  # type: ignore[no-untyped-def]
    """Show the workers' logs with a failed test."""
    report = yield
    crew = getattr(item, "funcargs", {}).get("crew")
    if report.failed and crew is not None:
        report.sections.append(("workers", crew.logs()))
    return report
