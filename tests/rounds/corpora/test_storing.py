"""A corpus is kept by its content, named by runs, and goes only while none names it."""

import shutil
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from accounts.models import AuditEntry, User
from core.errors import BadInputError, ConflictError, MissingFilesError
from jobs.models import Job
from labeling.models import Project
from registry import freezing, store
from rounds.corpora import storing
from rounds.corpora.storing import add, names, read, remove
from rounds.models import Corpus, Round
from rounds.retiring.handlers import RemoveFiles
from tests.factories import make_project
from tests.rounds.world import make_run
from workers.tasks import sweep_artifacts

TEXTS = ["One  day\na fox.", "秋天", " ends with a blank "]


def test_texts_come_back_as_they_were(project: Project, mona: User) -> None:
    corpus = add(project=project, name=" tales ", texts=TEXTS, by=mona)

    assert [row["text"] for row in read(corpus)] == TEXTS
    assert (corpus.name, corpus.texts, corpus.characters) == ("tales", 3, sum(map(len, TEXTS)))
    assert (corpus.beginning, corpus.added_by) == ("One day a fox.", mona)
    assert corpus.uri == f"corpora/{corpus.sha256}"
    assert names(project) == ["tales"]
    audit = AuditEntry.objects.get(action="corpus.added")
    assert audit.details == {"corpus": "tales", "sha256": corpus.sha256}


def test_the_same_texts_are_one_folder(project: Project, mona: User) -> None:
    here = add(project=project, name="tales", texts=TEXTS, by=mona)
    there = add(project=make_project("garden"), name="other", texts=TEXTS, by=mona)

    assert (here.sha256, here.uri) == (there.sha256, there.uri)
    assert [path.name for path in storing.root().iterdir()] == [here.sha256]


@pytest.mark.parametrize(
    ("name", "texts", "field"), [("tales", ["New."], "name"), ("new", TEXTS, "file")]
)
def test_a_name_and_texts_are_there_once(
    project: Project, mona: User, name: str, texts: list[str], field: str
) -> None:
    add(project=project, name="tales", texts=TEXTS, by=mona)

    with pytest.raises(BadInputError) as caught:
        add(project=project, name=name, texts=texts, by=mona)

    assert list(caught.value.errors) == [field]
    assert Corpus.objects.count() == 1


def test_no_row_is_held_while_the_file_is_written_and_sent(
    project: Project, mona: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    depths = [len(connection.savepoint_ids)]
    freeze = freezing.freeze

    def watched(*given: Any) -> tuple[str, freezing.Files]:
        depths.append(len(connection.savepoint_ids))
        return freeze(*given)

    monkeypatch.setattr(freezing, "freeze", watched)
    add(project=project, name="tales", texts=TEXTS, by=mona)

    assert depths[1] == depths[0]


def test_what_somebody_else_was_faster_to_add_leaves_no_file(
    project: Project, mona: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two people at once: the second learns of it when its file is written."""
    freeze = freezing.freeze

    def meanwhile(*given: Any) -> tuple[str, freezing.Files]:
        monkeypatch.setattr(freezing, "freeze", freeze)
        add(project=project, name="tales", texts=["Another one."], by=mona)
        return freeze(*given)

    monkeypatch.setattr(freezing, "freeze", meanwhile)
    with pytest.raises(BadInputError) as caught:
        add(project=project, name="tales", texts=TEXTS, by=mona)
    (job,) = Job.objects.filter(kind="remove_files")
    RemoveFiles().run(job)

    assert list(caught.value.errors) == ["name"]
    (kept,) = Corpus.objects.all()
    assert [path.name for path in storing.root().iterdir()] == [kept.sha256]


def test_a_corpus_of_which_a_run_says_that_it_was_mixed_in_stays(
    first_round: Round, mona: User
) -> None:
    corpus = add(project=first_round.project, name="tales", texts=TEXTS, by=mona)
    make_run(first_round, "ppo", corpus=corpus)

    with pytest.raises(ConflictError, match="1 run was launched with it"):
        remove(corpus=corpus, by=mona)

    assert [row["text"] for row in read(corpus)] == TEXTS


def test_the_files_go_with_the_last_row_that_names_them(project: Project, mona: User) -> None:
    here = add(project=project, name="tales", texts=TEXTS, by=mona)
    there = add(project=make_project("garden"), name="other", texts=TEXTS, by=mona)

    remove(corpus=here, by=mona)
    RemoveFiles().run(Job.objects.get(kind="remove_files"))
    assert [row["text"] for row in read(there)] == TEXTS

    remove(corpus=there, by=mona)
    RemoveFiles().run(Job.objects.filter(kind="remove_files").latest("pk"))
    assert list(storing.root().iterdir()) == []


def test_what_is_missing_is_named(project: Project, mona: User) -> None:
    corpus = add(project=project, name="tales", texts=TEXTS, by=mona)
    shutil.rmtree(settings.ARTIFACTS / corpus.uri)

    with pytest.raises(MissingFilesError, match=r"no corpus\.parquet"):
        read(corpus)


def test_sweep_removes_what_a_killed_add_left(
    project: Project, mona: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus = add(project=project, name="tales", texts=TEXTS, by=mona)
    (storing.root() / "tmp-killed").mkdir()

    monkeypatch.setattr(store, "LEFTOVER_SECONDS", -1)
    sweep_artifacts()

    assert [folder.name for folder in storing.root().iterdir()] == [corpus.sha256]
