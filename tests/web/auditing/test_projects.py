"""Of which project an entry is: at once for new ones, by the migration for older ones."""

import importlib
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import connection

from accounts.models import AuditEntry
from accounts.services import audit
from labeling.models import Gold
from rounds.models import Ballot
from tests.labeling.proposals.made import make_proposal
from tests.rounds.world import World, make_world
from tests.webhooks.made import make_webhook

pytestmark = pytest.mark.django_db


def targets(world: World) -> Iterator[tuple[str, int]]:
    """A row of each sort in the world's project."""
    project = world.project
    task = project.tasks.earliest("pk")
    gold = Gold.objects.create(project=project, task=task, answer=task.annotations.get())
    yield "labeling.Project", project.pk
    yield "labeling.Prompt", task.prompt_id
    yield "labeling.Proposal", make_proposal(project, world.ada).pk
    yield "labeling.Task", task.pk
    yield "labeling.Gold", gold.pk
    yield "rounds.Round", world.round.pk
    yield "rounds.Run", world.runs["ppo"].pk
    yield "rounds.Ballot", Ballot.objects.create(project=project).pk
    yield "registry.ModelVersion", world.policy.pk
    yield "webhooks.Endpoint", make_webhook(project, world.mona).pk
    yield "jobs.Job", world.runs["ppo"].job_id


def test_each_target_finds_its_project() -> None:
    world = make_world()
    made = dict(targets(world))
    assert set(made) == set(settings.AUDIT_PROJECTS)
    AuditEntry.objects.all().delete()
    for label, key in made.items():
        audit(actor=None, action="project.changed", target=f"{label}:{key}")
    audit(actor=None, action="user.made_site_admin", target=f"accounts.User:{world.mona.pk}")
    expected = {f"{label}:{key}": world.project.pk for label, key in made.items()}
    expected[f"accounts.User:{world.mona.pk}"] = None
    assert dict(AuditEntry.objects.values_list("target", "project")) == expected

    AuditEntry.objects.update(project=None)
    migration = importlib.import_module("rounds.migrations.0010_audit_of_projects")
    with connection.cursor() as cursor:
        for operation in migration.Migration.operations:
            cursor.execute(operation.sql)
    for label in ("labeling.Proposal", "webhooks.Endpoint"):  # there were none when it ran
        expected[f"{label}:{made[label]}"] = None
    assert dict(AuditEntry.objects.values_list("target", "project")) == expected
