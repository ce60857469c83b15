"""A project with a row in every table that moves, and an answer of every kind."""

import uuid
from datetime import timedelta
from pathlib import Path

from django.apps import apps
from django.db import connection
from django.db.models import Max
from django.utils import timezone

from accounts.models import User
from jobs.models import Job
from labeling import preambles
from labeling.assigning import claim_next, save_draft
from labeling.kinds import kinds
from labeling.models import (
    Annotation,
    Assignment,
    CheckScore,
    CheckSettings,
    Completion,
    Gold,
    ImportedLabel,
    KindSettings,
    Marked,
    Project,
    PromptOriginal,
    Purpose,
    Review,
    ReviewItem,
    ReviewSettings,
    Screening,
    SolutionShown,
    Task,
)
from labeling.storing_labels import annotator as nobody
from labeling.submitting import submit
from quality.models import AgreementBound
from registry import freezing
from registry.models import AliasChange, ModelVersion
from rounds.models import (
    Awaited,
    Ballot,
    Corpus,
    Evaluation,
    EvaluationSample,
    FrozenExport,
    LearningCurve,
    Opinion,
    Question,
    Reason,
    Round,
    Run,
)
from tests.factories import make_annotation, make_import, make_member, make_task
from tests.labeling.answers import body_for
from tests.labeling.proposals.made import make_proposal
from training.contract import manifest

FAR = 7_000_001  # ids from here on are nothing but ids


def far_ids(first: int) -> None:
    """From now on all tables have ids that no other number looks like."""
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            if model._meta.pk.get_internal_type() == "BigAutoField":
                table, key = model._meta.db_table, model._meta.pk.column
                cursor.execute(f'ALTER TABLE "{table}" ALTER COLUMN "{key}" RESTART WITH {first}')


def fill(project: Project) -> None:
    """Work of two people of every kind, and a row of whatever else there is."""
    far_ids(FAR)
    _talker()
    Job.objects.exclude(state__in=Job.ENDED).update(state="cancelled", lease_until=None)
    Project.objects.filter(pk=project.pk).update(overlap=2)
    project.refresh_from_db()
    manager = make_member(project, "Max", role="manager")
    _settings(project, manager)
    people = [make_member(project, name) for name in ("Ann", "Ben")]
    for person in people:
        _answers(project, person)
    given = Annotation.objects.filter(project=project, annotator__in=people).order_by("pk")
    _checks(project, given[0], given[1], manager)
    _texts(project, people[0], given[2])
    _models(project, manager)
    Annotation.objects.filter(project=project).update(
        created_at=timezone.now() - timedelta(minutes=30)
    )


def _talker() -> None:
    """The model of live conversations: a base model as the other one is, to the byte."""
    base = ModelVersion.objects.bases().earliest("pk")
    base.pk, base.name, base.number, base.job = None, "talker", base.number + 1, None
    base.save()


def _settings(project: Project, by: User) -> None:
    for name, kind in kinds().items():
        if kind.Settings is not None:
            content = kind.Settings().model_dump(mode="json")
            KindSettings.objects.create(
                project=project, kind=name, number=1, content=content, created_by=by
            )
    preambles.change(project=project, system="Be brief.", exemplars=[], by=by)
    CheckSettings.objects.get_or_create(project=project)
    ReviewSettings.objects.update_or_create(
        project=project, defaults={"drawn_to": project.annotations.aggregate(m=Max("pk"))["m"]}
    )
    AgreementBound.objects.create(project=project, kind="ranking", bound=0.5)


def _answers(project: Project, person: User) -> None:
    """An answer of each kind, and a draft of each."""
    for name in kinds():
        Task.objects.filter(project=project, kind=name).exclude(pk__gte=FAR).update(
            state="withdrawn"
        )
        if not Task.objects.filter(project=project, kind=name, pk__gte=FAR).exists():
            make_task(project, name, k=4)
            make_task(project, name, k=4)
        found = claim_next(project=project, annotator=person, kind=name)
        assert found is not None, name
        body = body_for(found)
        given = submit(assignment=found, body=body, client_key=found.client_key, active_seconds=9)
        assert given.kind == name
        begun = claim_next(project=project, annotator=person, kind=name)
        assert begun is not None, name
        save_draft(assignment=begun, draft=body_for(begun), version=0, active_seconds=1)
        Assignment.objects.filter(pk=begun.pk).update(state="expired")


def _checks(project: Project, one: Annotation, other: Annotation, by: User) -> None:
    gold = Gold.objects.create(project=project, task=one.task, answer=one, created_by=by)
    CheckScore.objects.create(
        annotation=other,
        against=one,
        gold=gold,
        project=project,
        annotator=other.annotator,
        purpose=Purpose.GOLD,
        kind=other.kind,
        agreement=0.5,
    )
    SolutionShown.objects.create(annotation=other)
    Screening.objects.create(project=project, annotator=other.annotator)
    Review.objects.create(annotation=one, actor=by, verb="commented", text="Why?")
    ReviewItem.objects.create(project=project, annotation=one, queue="spot")
    Marked.objects.get_or_create(annotation=one, project=project, name="odd")


def _texts(project: Project, author: User, answer: Annotation) -> None:
    imported = make_import(project, "What does a hen eat?")
    PromptOriginal.objects.create(prompt=imported.prompts.get(), messages=[])
    proposal = make_proposal(project, author)
    assert proposal.wanted.project == project
    task = make_task(project, "ranking", k=2)
    Task.objects.filter(pk=task.pk).update(authors=[author.pk], purpose="imported", state="done")
    text = task.completions.order_by("pk").first()
    Completion.objects.filter(pk=text.pk).update(answer=answer)
    label = make_annotation(task, annotator=nobody(), purpose="imported", client_key=uuid.uuid4())
    ImportedLabel.objects.create(
        annotation=label, project=project, imported=imported, sha256="a" * 64, who="p-bbbbbbbbbbbb"
    )


def _models(project: Project, by: User) -> None:
    """What a project has beside what the archive has."""
    versions = list(ModelVersion.objects.filter(family=project.family).order_by("pk"))
    older, newer = versions[0], versions[-1]
    prompt = project.prompts.order_by("pk").last()
    round_ = Round.objects.filter(project=project).latest("number")
    round_.pending = {"ranking": {str(prompt.pk): 4}}
    round_.save()
    run = Run.objects.filter(round__project=project).first()
    LearningCurve.objects.get_or_create(run=run, defaults={"points": [], "pairs": 3})
    Job.objects.filter(pk=run.job_id).update(
        payload={"prompts": [[prompt.pk, 4]]}, result={"dropped": {"too_long": [prompt.pk]}}
    )
    ballot = Ballot.objects.create(project=project, asked_by=by)
    ballot.versions.set([older, newer])
    task = make_task(project, "comparison")
    two = {"ballot": ballot, "older": older, "newer": newer}
    question = Question.objects.create(task=task, **two)
    preamble = project.preambles.latest("number")
    Awaited.objects.create(prompt=prompt, sampling={"preamble": preamble.pk}, **two)
    Opinion.objects.create(question=question, judge="judge", forward=1.0, backward=0.5)
    change = AliasChange.objects.filter(family=project.family).first()
    Reason.objects.get_or_create(change=change, defaults={"text": "It is.", "verdict": "nobody"})
    evaluation = Evaluation.objects.filter(run__round__project=project).first()
    assert evaluation is not None
    assert EvaluationSample.objects.filter(evaluation=evaluation).exists()

    def write(folder: Path) -> freezing.Files:
        (folder / "prompts.jsonl").write_text("{}\n")
        return {"prompts.jsonl": {**manifest.entry(folder / "prompts.jsonl"), "rows": 1}}

    for kind, model in (("exports", FrozenExport), ("corpora", Corpus)):
        sha256, files = freezing.freeze(kind, write)
        facts = {"project": project, "sha256": sha256, "uri": f"{kind}/{sha256}", "manifest": files}
        if model is FrozenExport:
            model.objects.create(dataset="prompts", encoding="jsonl", made_by=by, **facts)
        else:
            model.objects.create(name="hens", texts=1, characters=3, added_by=by, **facts)
