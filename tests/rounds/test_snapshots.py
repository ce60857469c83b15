import importlib

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.apps import apps
from django.conf import settings
from django.utils import timezone

from core.errors import MissingFilesError
from labeling.models import Project
from quality.models import Reliability
from quality.reliability import Weights
from registry import store
from rounds import snapshots
from rounds.models import Snapshot
from rounds.snapshots import LABELS, TABLES, freeze, read
from tests.factories import make_annotation, make_project, make_task, make_user
from tests.labeling.calling import MESSAGES, TEXTS, TOOLS
from tests.labeling.kinds.test_dialogue import BETWEEN, TURNS
from training.contract import conversations, tables
from training.conversations import conversation
from workers.tasks import sweep_artifacts


def test_the_same_labels_give_the_same_snapshot(project: Project) -> None:
    make_annotation(make_task(project))
    make_annotation(make_task(project, "ranking", k=3))

    first, second = freeze(project), freeze(project)
    make_annotation(make_task(project))
    third = freeze(project)

    assert first == second
    assert third.sha256 != first.sha256
    assert Snapshot.objects.count() == 2


def test_sweep_removes_what_a_killed_freeze_left(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshot = freeze(project)
    (snapshots.root() / "tmp-killed").mkdir()
    assert snapshots.sweep() == []

    monkeypatch.setattr(store, "LEFTOVER_SECONDS", -1)
    sweep_artifacts()

    assert [folder.name for folder in snapshots.root().iterdir()] == [snapshot.sha256]


def test_every_label_is_named_both_ways(project: Project) -> None:
    labels = [
        make_annotation(make_task(project)),
        make_annotation(make_task(project, "ranking")),
        make_annotation(make_task(project, "correction")),
    ]

    snapshot = freeze(project)

    assert list(snapshot.annotations.order_by("pk")) == labels
    assert list(labels[0].snapshots.all()) == [snapshot]
    named = {row["annotation_id"] for table in LABELS for row in read(snapshot, table)}
    assert named == {label.pk for label in labels}


def test_rows_are_as_the_trainers_read_them(project: Project) -> None:
    task = make_task(project, "ranking", texts=["a", "b", "c"])
    a, b, c = task.completions.order_by("pk").values_list("pk", flat=True)
    ranking = make_annotation(task, {"tiers": [[c], [a]], "unacceptable": [b]})
    edit = make_task(project, "correction", texts=["thre minutes"])
    correction = make_annotation(edit)

    snapshot = freeze(project)

    first, second = read(snapshot, "rankings")
    assert (first["completions"], first["tiers"]) == (["a", "b", "c"], [[2], [0], [1]])
    assert (first["annotation_id"], first["split"], first["round"]) == (ranking.pk, "train", 1)
    assert first["messages"] == task.prompt.messages
    assert (second["completions"], second["tiers"]) == (
        ["Six minutes.", "thre minutes"],
        [[0], [1]],
    )
    assert [(r["annotation_id"], r["completion"]) for r in read(snapshot, "demonstrations")] == [
        (correction.pk, "Six minutes.")
    ]
    assert len(list(read(snapshot, "prompts", split="heldout"))) == 4


def test_a_conversation_with_tools_is_frozen_to_the_letter(project: Project) -> None:
    task = make_task(project)
    prompt = task.prompt
    prompt.messages, prompt.given = TEXTS, conversations.given(MESSAGES, TOOLS)
    prompt.save()
    make_annotation(task)
    make_annotation(make_task(project))

    snapshot = freeze(project)

    told, plain = read(snapshot, "demonstrations")
    assert (told["messages"], told["given"]) == (TEXTS, prompt.given)
    assert plain["given"] is None
    (row,) = (r for r in read(snapshot, "prompts") if r["prompt_id"] == prompt.pk)
    assert (row["messages"], row["given"]) == (TEXTS, prompt.given)
    assert conversation(told).tools == TOOLS


def test_a_turn_of_a_dialogue_follows_what_was_said_before(project: Project) -> None:
    task = make_task(project, "dialogue")
    given = make_annotation(task, {"turns": TURNS})
    task.prompt.given = conversations.given(MESSAGES, TOOLS)
    task.prompt.save()

    first, second = read(freeze(project), "rankings")

    assert first["annotation_id"] == second["annotation_id"] == given.pk
    assert (first["completions"], first["tiers"]) == (["Six minutes.", "An hour."], [[1], [0]])
    assert first["messages"] == task.prompt.messages
    assert second["messages"] == [*task.prompt.messages, *BETWEEN]
    assert [message["content"] for message in conversation(second)[-2:]] == [
        message["content"] for message in BETWEEN
    ]
    assert conversation(second).tools == TOOLS


def test_surplus_simulated_and_foreign_labels_stay_out(project: Project) -> None:
    make_annotation(make_task(project), standing="surplus")
    make_annotation(make_task(project), annotator=make_user(is_simulated=True))
    make_annotation(make_task(make_project()))

    snapshot = freeze(project)

    assert snapshot.annotations.count() == 0
    assert snapshot.counts["train"]["demonstrations"] == 0


def test_a_simulated_project_takes_simulated_labels_only(db: None) -> None:
    rehearsal = make_project(is_simulated=True)
    label = make_annotation(make_task(rehearsal), annotator=make_user(is_simulated=True))
    make_annotation(make_task(rehearsal))

    assert list(freeze(rehearsal).annotations.all()) == [label]


def test_counts_are_by_split(project: Project) -> None:
    held = project.prompts.filter(split="heldout")[0]
    make_annotation(make_task(project, prompt=held))
    make_annotation(make_task(project, "correction"))

    assert freeze(project).counts == {
        "train": {"demonstrations": 1, "rankings": 1, "prompts": 9},
        "heldout": {"demonstrations": 1, "rankings": 0, "prompts": 4},
    }


def test_files_have_the_columns_of_their_tables_and_with_them_those_that_trainers_read(
    project: Project,
) -> None:
    folder = settings.ARTIFACTS / freeze(project).uri

    schemas = {path.stem: pq.read_schema(path) for path in folder.glob("*.parquet")}
    assert schemas == {name: table.schema(pa) for name, table in TABLES.items()}
    for name, table in (
        ("demonstrations", tables.DEMONSTRATIONS),
        ("rankings", tables.RANKINGS),
        ("prompts", tables.PROMPTS),
    ):
        assert TABLES[name].columns.items() >= table.columns.items()


def test_a_snapshot_of_version_0_1_is_read_by_the_names_that_it_has(project: Project) -> None:
    make_annotation(make_task(project))
    make_annotation(make_task(project, "ranking"))
    snapshot = freeze(project)
    expected = {table: list(read(snapshot, table)) for table in TABLES}
    folder = settings.ARTIFACTS / snapshot.uri
    for new, old in (("demonstrations", "sft"), ("rankings", "reward")):
        (folder / f"{new}.parquet").rename(folder / f"{old}.parquet")
        snapshot.manifest[f"{old}.parquet"] = snapshot.manifest.pop(f"{new}.parquet")

    assert {table: list(read(snapshot, table)) for table in TABLES} == expected
    assert (len(expected["demonstrations"]), len(expected["rankings"])) == (1, 1)


def test_the_counts_of_a_snapshot_of_version_0_1_are_renamed(project: Project) -> None:
    snapshot = freeze(project)
    snapshot.counts = {"train": {"sft": 1, "reward": 2, "prompts": 3}, "heldout": {"sft": 4}}
    snapshot.save()
    migration = importlib.import_module("rounds.migrations.0004_counts_by_table")

    migration.forwards(apps, None)

    snapshot.refresh_from_db()
    assert snapshot.counts == {
        "train": {"demonstrations": 1, "rankings": 2, "prompts": 3},
        "heldout": {"demonstrations": 4},
    }


def test_a_snapshot_that_is_not_here_may_be_on_another_machine(project: Project) -> None:
    snapshot = freeze(project)
    (settings.ARTIFACTS / snapshot.uri / "rankings.parquet").unlink()

    with pytest.raises(MissingFilesError, match=r"^snapshot .* no rankings\.parquet$"):
        read(snapshot, "rankings")


def test_weights_are_frozen_with_what_is_trained_on(project: Project) -> None:
    ada, bob = make_user(), make_user()
    now = timezone.now()
    for person, value in ((ada, 0.9), (bob, 0.3)):
        fields = {"low": 0.0, "high": 1.0, "answers": 9, "pairs": 9, "computed_at": now}
        Reliability.objects.create(project=project, person=person, value=value, **fields)
    held = project.prompts.filter(split="heldout")[0]
    for annotator in (ada, bob, make_user()):
        make_annotation(make_task(project, "ranking"), annotator=annotator)
        make_annotation(make_task(project), annotator=annotator)
    make_annotation(make_task(project, "ranking", prompt=held), annotator=ada)

    plain, weighed = freeze(project), freeze(project, weights=Weights(project))
    Reliability.objects.update(value=0.6)

    assert [row["weight"] for row in read(weighed, "rankings")] == [0.8, 0.0, 0.6, None]
    assert {row["weight"] for row in read(plain, "rankings")} == {None}
    assert freeze(project) == plain
    assert "weight" not in next(iter(read(weighed, "demonstrations")))


def test_a_snapshot_of_before_there_were_weights_is_read(project: Project) -> None:
    make_annotation(make_task(project, "ranking"))
    snapshot = freeze(project)
    path = settings.ARTIFACTS / snapshot.uri / "rankings.parquet"
    pq.write_table(pq.read_table(path).drop_columns(["weight"]), path)

    assert [row["weight"] for row in read(snapshot, "rankings")] == [None]
