"""Make an archive of rows with the code of a version: something in every table, no trained model.

    python -m pytest -n 0 tests/upgrade/make_rows.py

writes data/rows/COMMIT.tar.xz with `database.sql` and `scene.json`: people and keys of addresses.
It is made as tests make their rows, in minutes, where make_fixture.py has models trained.
"""

import io
import json
import subprocess
import tarfile
import uuid
from io import BytesIO
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client

from accounts.services import create_api_token
from backups import programs
from labeling.models import (
    CheckScore,
    CheckSettings,
    Flagged,
    Marked,
    Pseudonym,
    Review,
    ReviewItem,
    ReviewSettings,
    SolutionShown,
)
from labeling.whole_files import import_file
from notices.models import Choice
from quality.models import AgreementBound, ProjectFigures, TaskAgreement
from rounds.models import Awaited, Opinion, Question
from tests import pages
from tests.access.scene import Scene, make_scene
from tests.rounds.world import World
from tests.upgrade.make_fixture import portable

DATA = Path(__file__).parent / "data" / "rows"
# Of Django itself, there for minutes, or computed anew of what is in the others.
MAY_BE_EMPTY = {
    *("auth_group", "auth_group_permissions", "auth_permission", "accounts_user_groups"),
    *("accounts_user_user_permissions", "account_emailaddress", "account_emailconfirmation"),
    *("accounts_session", "django_session", "jobs_worker"),
    *("labeling_goldupload", "labeling_promptupload", "labeling_uploadpart"),
    *("quality_personfigures", "quality_reliability", "rounds_compared"),
}
FEEDBACK = [
    {"prompt": "How long does rice take?", "chosen": "Ten minutes.", "rejected": "A day."},
    {"prompt": "I am ada@rice.cn. And an egg?", "chosen": "Six.", "rejected": "Sixty."},
]


@pytest.mark.django_db(transaction=True)
def test_make(artifact_folders: None, tmp_path: Path) -> None:
    scene = make_scene()
    pages.fill(scene)
    by_api(scene)
    what_grows_later(scene.world)
    empty = [table for table in tables() if not rows_of(table)]
    assert not set(empty) - MAY_BE_EMPTY, " ".join(sorted(set(empty) - MAY_BE_EMPTY))

    dump = tmp_path / "database.sql"
    options = ("--inserts", "--rows-per-insert=100", "--no-owner", "--no-privileges")
    programs.run("pg_dump", [*options, f"--file={dump}"])
    people = {name: user and user.pk for name, user in scene.people.items()}
    said = json.dumps({"people": people, "keys": scene.keys}, indent=1, default=str)
    commit = subprocess.check_output(["git", "rev-parse", "--short", "HEAD"], text=True).strip()
    DATA.mkdir(exist_ok=True)
    with tarfile.open(DATA / f"{commit}.tar.xz", "w:xz", preset=9) as archive:
        put(archive, "database.sql", portable(dump.read_text(encoding="utf-8")))
        put(archive, "scene.json", said)


def by_api(scene: Scene) -> None:
    """What came by API: labels of a file, a filtered snapshot, an answer kept by its key."""
    project, mona = scene.world.project, scene.world.mona
    project.redacts_personal = True
    project.save(update_fields=["redacts_personal"])
    raw = json.dumps(FEEDBACK).encode()
    import_file(project=project, file=BytesIO(raw), name="feedback.json", by=mona)
    _token, secret = create_api_token(user=mona, name="of one", scope="write", project=project.pk)
    headers = {"Authorization": f"Bearer {secret}", "Idempotency-Key": str(uuid.uuid4())}
    path = f"/api/v1/projects/{project.slug}/snapshots?kind=ranking"
    answer = Client().generic("POST", path, headers=headers)
    assert answer.status_code == 201, answer.content


def what_grows_later(world: World) -> None:
    """What people and the clock add as work goes on."""
    project, mona, ada = world.project, world.mona, world.ada
    one, other = project.annotations.filter(annotator=ada, kind="ranking").order_by("pk")[:2]
    moment, of_project = one.created_at, {"project": project}
    CheckSettings.objects.create(gold_percent=5, **of_project)
    ReviewSettings.objects.create(drawn_to=one.pk, **of_project)
    AgreementBound.objects.create(kind="ranking", bound=0.5, **of_project)
    CheckScore.objects.create(
        annotation=other,
        against=one,
        annotator=ada,
        purpose="repeat",
        kind=one.kind,
        agreement=0.5,
        **of_project,
    )
    SolutionShown.objects.create(annotation=other)
    Review.objects.create(annotation=one, actor=mona, verb="commented", text="Why?")
    ReviewItem.objects.create(annotation=one, queue="spot", **of_project)
    Marked.objects.create(annotation=one, name="odd", **of_project)
    fast = {"seconds": 1, "units": 90, "usual": 60, "by_character": False}
    Flagged.objects.create(annotation=one, fast=fast, computed_at=moment, **of_project)
    Pseudonym.objects.create(person=ada, name="p-0123456789ab", **of_project)
    Choice.objects.create(user=ada, event="answer.returned", how="page")
    ProjectFigures.objects.create(**of_project)
    TaskAgreement.objects.create(
        task=one.task, kind=one.kind, answers=2, agreement=0.5, language="en", **of_project
    )
    question = Question.objects.earliest("pk")
    two = {"ballot": question.ballot, "older": question.older, "newer": question.newer}
    Awaited.objects.create(prompt=one.task.prompt, sampling={}, **two)
    Opinion.objects.create(question=question, judge="judge", forward=1.0, backward=0.5)


def tables() -> list[str]:
    """Those of all models."""
    models = apps.get_models(include_auto_created=True)
    return sorted({model._meta.db_table for model in models if model._meta.managed})


def rows_of(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT count(*) FROM "{table}"')  # noqa: S608  a name of ours
        (number,) = cursor.fetchone()
    return int(number)


def put(archive: tarfile.TarFile, name: str, text: str) -> None:
    raw = text.encode()
    entry = tarfile.TarInfo(name)
    entry.size = len(raw)
    archive.addfile(entry, io.BytesIO(raw))
