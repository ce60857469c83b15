"""The handler of jobs and the command that register base models."""

import pytest
from django.core.management import CommandError, call_command

from jobs import handlers, services
from jobs.models import Job
from registry.models import ModelVersion
from tests.factories import make_version
from tests.registry_folders import write_model
from training.base_model.spec import BaseModelSpec

pytestmark = pytest.mark.django_db

PAYLOAD = {"source": "tiny", "name": "Tiny", "licence": "apache-2.0"}


@pytest.fixture
def job():
    job = services.enqueue(kind="base_model", payload=PAYLOAD)
    job.folder.mkdir(parents=True)
    return job


def test_prepare_gives_the_spec(job):
    handler = handlers.get("base_model")

    assert handler.prepare(job, job.folder) == BaseModelSpec(source="tiny")
    assert handler.module(BaseModelSpec(source="tiny")) == "training.base_model"


def test_complete_registers_the_model_for_every_project(job):
    write_model(job.folder / "model")
    result = {"template_hash": "abc", "tokenizer_check": "passed", "parameters": 12}

    handlers.get("base_model").complete(job, job.folder, result)

    version = ModelVersion.objects.get()
    assert (version.family, version.kind, version.name, version.source) == (
        None,
        "base",
        "Tiny",
        "tiny",
    )
    assert (version.template_hash, version.licence, version.job) == ("abc", "apache-2.0", job)
    assert version.metrics == {"tokenizer_check": "passed"}
    assert result["version"] == version.pk


def register(**options):
    call_command("register_base_model", source="tiny", name="Tiny", **options)


def test_the_command_queues_a_job(capsys):
    register()

    job = Job.objects.get()
    assert (job.kind, job.payload) == ("base_model", {**PAYLOAD, "licence": ""})
    assert capsys.readouterr().out == f"job {job.pk} is queued\n"


def test_the_command_does_not_fetch_what_is_there(capsys):
    version = make_version("base", name="Tiny", source="tiny")

    register()

    assert not Job.objects.exists()
    assert capsys.readouterr().out == f"Tiny is registered already, as version {version.pk}\n"


def test_the_command_takes_a_template_for_a_model_that_is_there_without_one(tmp_path):
    make_version("base", name="Tiny", source="tiny")
    (tmp_path / "chat.jinja").write_text("{{ messages }}", encoding="utf-8")

    register(template=tmp_path / "chat.jinja")

    job = Job.objects.get()
    spec = handlers.get("base_model").prepare(job, job.folder)
    assert spec == BaseModelSpec(source="tiny", template="{{ messages }}")


@pytest.mark.parametrize("content", [None, b"\xff\xfe\xff"])
def test_a_template_that_cannot_be_read_is_refused(tmp_path, content):
    path = tmp_path / "chat.jinja"
    if content:
        path.write_bytes(content)

    with pytest.raises(CommandError, match=r"chat\.jinja cannot be read"):
        register(template=path)

    assert not Job.objects.exists()


def test_the_waiting_command_says_why_the_job_failed(monkeypatch):
    def fail_at_once(**fields):
        job = enqueue(**fields)
        held = services.claim(job_id=job.pk, worker="w")
        services.fail(job=held, code="bad_input", message="no such wheel")
        return job

    enqueue = services.enqueue
    monkeypatch.setattr(services, "enqueue", fail_at_once)

    with pytest.raises(CommandError, match="failed: no such wheel"):
        register(wait=True)
