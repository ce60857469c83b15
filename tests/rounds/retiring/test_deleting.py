"""A project is deleted: its rows in every table, its files, and nothing of others."""

from pathlib import Path
from typing import Any

from django.apps import apps

from accounts.models import AuditEntry
from jobs.models import Job, JobEvent
from labeling.models import Annotation, Project, Prompt, Task
from labeling.projects import create_project
from registry.models import ModelVersion
from rounds.models import Ballot, Opinion, Question, Reason, Round, Verdict
from rounds.retiring.archiving import archive, ask_deletion
from rounds.retiring.handlers import DeleteProject, RemoveFiles
from rounds.retiring.loss import loss_of
from tests.factories import make_task
from tests.rounds.verdict.voting import make_verdict
from tests.rounds.world import World


def delete(world: World) -> None:
    """What people ask for and workers do."""
    archive(project=world.project, by=world.mona)
    job = ask_deletion(project=world.project, by=world.mona, typed="kitchen")
    DeleteProject().run(job)
    DeleteProject().run(job)  # tried again
    removing = Job.objects.get(kind="remove_files")
    RemoveFiles().run(removing)
    RemoveFiles().run(removing)


def files(settings: Any) -> list[str]:
    """Every file of the store and of the jobs."""
    roots = (Path(settings.ARTIFACTS), Path(settings.JOBS))
    return [str(path) for root in roots for path in root.rglob("*") if path.is_file()]


def test_what_will_be_lost_is_counted(world: World, settings: Any) -> None:
    lost = loss_of(world.project)
    stated = sum(f["size"] for f in world.project.snapshots.get().manifest.values())

    assert (lost.prompts, lost.answers, lost.snapshots, lost.models, lost.kept) == (
        world.project.prompts.count(),
        3,
        1,
        3,
        [],
    )
    assert lost.bytes == stated + 10 * len(world.runs)


def test_nothing_of_it_is_left_but_the_audit(world: World, other: Project, settings: Any) -> None:
    people = apps.get_model("accounts", "User").objects.count()
    answer = Annotation.objects.filter(kind="demonstration").get()
    make_task(world.project, "ranking").completions.update(answer=answer)

    delete(world)

    assert list(Project.objects.all()) == [other]
    assert (Task.objects.count(), Prompt.objects.count()) == (1, 1)
    left = {
        model.__name__: model._base_manager.count()
        for app in ("labeling", "rounds", "quality")
        for model in apps.get_app_config(app).get_models(include_auto_created=True)
    }
    assert {name for name, rows in left.items() if rows} == {
        "Project",
        "Prompt",
        "Task",
        "Membership",
    }
    assert list(ModelVersion.objects.values_list("kind", flat=True)) == ["base"]
    assert set(Job.objects.values_list("kind", flat=True)) == {"delete_project", "remove_files"}
    assert not JobEvent.objects.exclude(job__kind__in=["delete_project", "remove_files"]).exists()
    assert files(settings) == []
    assert apps.get_model("accounts", "User").objects.count() == people
    asked = AuditEntry.objects.get(action="project.deletion_asked")
    assert (asked.details["slug"], asked.details["answers"]) == ("kitchen", 3)
    assert AuditEntry.objects.filter(action="project.deleted").count() == 1


def test_its_name_is_free_again(world: World) -> None:
    delete(world)

    made = create_project(name="Kitchen", slug="kitchen", by=world.mona)
    assert made.family.versions.count() == 0


def test_a_model_that_another_project_uses_is_kept(
    world: World, other: Project, settings: Any
) -> None:
    Round.objects.create(project=other, number=1, writer=world.policy)
    sft = world.policy.parent
    assert sft is not None

    assert loss_of(world.project).kept == [sft, world.policy]
    delete(world)

    assert set(ModelVersion.objects.exclude(kind="base")) == {sft, world.policy}
    kept = {(settings.ARTIFACTS / version.uri).is_dir() for version in (sft, world.policy)}
    assert kept == {True}
    assert Job.objects.filter(model_version__in=[sft, world.policy]).count() == 2
    made = create_project(name="Kitchen", slug="kitchen", by=world.mona)
    assert made.family.versions.count() == 0


def test_votes_on_its_models_go_too(world: World, settings: Any) -> None:
    world.project.tasks.update(state="done", free_slots=0)
    make_verdict(world)
    for question in Question.objects.all():
        question.opinions.create(judge="wise-1, rubric 1", forward=1, backward=0)

    delete(world)

    left = [Ballot, Question, Opinion, Verdict, Reason, Task]
    assert {model.__name__: model._base_manager.count() for model in left} == dict.fromkeys(
        (model.__name__ for model in left), 0
    )
    assert not ModelVersion.objects.filter(family__isnull=False).exists()
