"""Exports over HTTP: who may, what is in them, and that `datasets` reads them as they are."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from accounts import services
from labeling.datasets import DEMONSTRATIONS
from labeling.kinds import kinds
from labeling.models import Annotation, Role
from tests.factories import (
    make_completion,
    make_member,
    make_project,
    make_prompt,
    make_task,
    make_user,
)
from tests.streams import read_at_once

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[2]
DATASETS = ["demonstrations", "preferences", "prompts", "rankings"]


def bearer(user, **fields):
    _, secret = services.create_api_token(user=user, name="test", **fields)
    return {"Authorization": f"Bearer {secret}"}


def annotate(task, annotator, body, **fields):
    """An annotation as labeling stores it, without the claiming."""
    assignment = task.assignments.create(
        annotator=annotator,
        slot=task.assignments.count() + 1,
        state="submitted",
        lease_until=task.created_at,
        shown_order=[c.pk for c in task.completions.order_by("-pk")],
    )
    return Annotation.objects.create(
        task=task,
        assignment=assignment,
        annotator=annotator,
        kind=task.kind,
        body=body,
        shown_order=assignment.shown_order,
        guideline_version=1,
        **fields,
    )


@pytest.fixture
def kitchen():
    """A project with one label of each kind, in two languages and splits."""
    project = make_project("kitchen")
    ada = make_member(project, "Ada")
    egg = make_prompt(project, "How do I boil an egg?")
    tofu = make_prompt(project, "豆腐怎么做？", language="zh", split="heldout")
    annotate(make_task(project, prompt=egg), ada, {"text": "Six minutes."})
    ranking = make_task(project, "ranking", prompt=tofu, texts=["蒸", "煎", "煮", "扔"])
    a, b, c, d = ranking.completions.order_by("pk").values_list("pk", flat=True)
    annotate(ranking, ada, {"tiers": [[b], [a, c]], "unacceptable": [d]})
    correction = make_task(project, "correction", prompt=egg, texts=["Boil it for ever."])
    original = correction.completions.get()
    annotate(correction, ada, {"completion": original.pk, "text": "Boil it for six minutes."})
    return project


def get_rows(client, project, dataset, query="", user=None):
    user = user or make_member(project, role=Role.REVIEWER)
    path = f"/api/v1/projects/{project.slug}/exports/{dataset}.jsonl{query}"
    response = client.get(path, headers=bearer(user))
    assert response.status_code == 200, response.content
    body = b"".join(response.streaming_content).decode()
    return [json.loads(line) for line in body.splitlines()]


def test_preferences_are_strict_pairs_with_the_unacceptable_below_all(client, kitchen):
    rows = get_rows(client, kitchen, "preferences")
    pairs = [
        (row["chosen"][0]["content"], row["rejected"][0]["content"], row["kind"]) for row in rows
    ]
    assert pairs == [
        ("煎", "蒸", "ranking"),
        ("煎", "煮", "ranking"),
        ("煎", "扔", "ranking"),
        ("蒸", "扔", "ranking"),
        ("煮", "扔", "ranking"),
        ("Boil it for six minutes.", "Boil it for ever.", "correction"),
    ]
    ranking = Annotation.objects.get(kind="ranking")
    assert rows[0] == {
        "prompt": [{"role": "user", "content": "豆腐怎么做？"}],
        "chosen": [{"role": "assistant", "content": "煎"}],
        "rejected": [{"role": "assistant", "content": "蒸"}],
        "group_id": f"ranking-{ranking.pk}",
        "chosen_tier": 1,
        "rejected_tier": 2,
        "annotation_id": ranking.pk,
        "kind": "ranking",
        "annotator": str(ranking.annotator_id),
        "round": 1,
        "prompt_id": ranking.task.prompt_id,
        "split": "heldout",
        "language": "zh",
        "use_case": "",
    }
    assert len({row["group_id"] for row in rows}) == 2


def test_demonstrations_are_prompt_completion_with_the_corrected_texts(client, kitchen):
    rows = get_rows(client, kitchen, "demonstrations")
    assert [(row["completion"], row["kind"]) for row in rows] == [
        ([{"role": "assistant", "content": "Six minutes."}], "demonstration"),
        ([{"role": "assistant", "content": "Boil it for six minutes."}], "correction"),
    ]


def test_rankings_are_as_they_were_given(client, kitchen):
    (row,) = get_rows(client, kitchen, "rankings")
    parts = [
        (part["text"], part["tier"], part["acceptable"], part["shown_at"])
        for part in row["completions"]
    ]
    assert parts == [
        ("蒸", 2, True, 4),
        ("煎", 1, True, 3),
        ("煮", 2, True, 2),
        ("扔", 3, False, 1),
    ]
    assert [len(tier) for tier in row["tiers"]] == [1, 2, 1]


def test_prompts_are_prompt_only(client, kitchen):
    rows = get_rows(client, kitchen, "prompts")
    assert [row["prompt"][0]["content"] for row in rows] == [
        "How do I boil an egg?",
        "豆腐怎么做？",
    ]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?split=train", 1),
        ("?split=heldout", 5),
        ("?language=zh", 5),
        ("?language=fr", 0),
        ("?round=1", 6),
        ("?round=2", 0),
        ("?round=1&split=train&language=en", 1),
    ],
)
def test_filters(client, kitchen, query, expected):
    assert len(get_rows(client, kitchen, "preferences", query)) == expected


def test_prompts_of_a_round_come_once(client, kitchen):
    assert len(get_rows(client, kitchen, "prompts", "?round=1")) == 2
    assert get_rows(client, kitchen, "prompts", "?round=2") == []


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("?annotator__password__startswith=a", 400),
        ("?_connector=OR", 400),
        ('?a";%20--=1', 400),
        ("?token=rondo_x", 400),
        ("?round=-1", 422),
        ("?round=x", 422),
        ("?round=99999999999999999999", 422),
        ("?split=test", 422),
        ("?language=%27%00", 422),
    ],
)
def test_other_filters_are_refused(client, kitchen, query, status):
    headers = bearer(make_member(kitchen, role=Role.MANAGER))
    path = f"/api/v1/projects/kitchen/exports/preferences.jsonl{query}"
    response = client.get(path, headers=headers)
    assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json")


def test_unknown_dataset_and_format_are_refused(client, kitchen):
    headers = bearer(make_member(kitchen, role=Role.MANAGER))
    for name in ("passwords.jsonl", "prompts.csv"):
        response = client.get(f"/api/v1/projects/kitchen/exports/{name}", headers=headers)
        assert response.status_code == 422


def test_simulated_and_surplus_labels_stay_out(client, kitchen):
    bot = make_user("Bot", is_simulated=True)
    task = make_task(kitchen, overlap=3)
    annotate(task, bot, {"text": "beep"}, is_simulated=True)
    annotate(task, make_member(kitchen), {"text": "late"}, is_surplus=True)
    texts = [r["completion"][0]["content"] for r in get_rows(client, kitchen, "demonstrations")]
    assert texts == ["Six minutes.", "Boil it for six minutes."]


def test_a_rehearsal_exports_its_simulated_labels_only(client):
    project = make_project("rehearsal", is_simulated=True)
    task = make_task(project, overlap=2)
    annotate(task, make_user(is_simulated=True), {"text": "beep"}, is_simulated=True)
    annotate(task, make_user(), {"text": "by hand"})
    texts = [r["completion"][0]["content"] for r in get_rows(client, project, "demonstrations")]
    assert texts == ["beep"]


def test_ties_and_unchanged_corrections_give_no_pair(client):
    project = make_project()
    ada = make_member(project)
    ranking = make_task(project, "ranking", texts=["a", "b"])
    annotate(
        ranking,
        ada,
        {"tiers": [list(ranking.completions.values_list("pk", flat=True))], "unacceptable": []},
    )
    correction = make_task(project, "correction", texts=["same"])
    annotate(correction, ada, {"completion": correction.completions.get().pk, "text": "same"})
    assert get_rows(client, project, "preferences") == []
    assert len(get_rows(client, project, "rankings")) == 1


@pytest.mark.parametrize("dataset", DATASETS)
def test_parquet_holds_the_same_rows(client, kitchen, dataset, tmp_path):
    user = make_member(kitchen, role=Role.MANAGER)
    path = f"/api/v1/projects/kitchen/exports/{dataset}.parquet"
    response = client.get(path, headers=bearer(user))
    file = tmp_path / "rows.parquet"
    file.write_bytes(b"".join(response.streaming_content))
    assert pq.read_table(file).to_pylist() == get_rows(client, kitchen, dataset, user=user)


@pytest.mark.parametrize("dataset", DATASETS)
def test_an_empty_export_is_a_valid_file(client, dataset, tmp_path):
    project = make_project()
    assert get_rows(client, project, dataset) == []
    path = f"/api/v1/projects/{project.slug}/exports/{dataset}.parquet"
    response = client.get(path, headers=bearer(make_member(project, role=Role.MANAGER)))
    file = tmp_path / "rows.parquet"
    file.write_bytes(b"".join(response.streaming_content))
    assert pq.read_table(file).num_rows == 0


def test_a_kind_that_gives_other_columns_is_an_error(client, kitchen, monkeypatch):
    kind = kinds()["demonstration"]
    monkeypatch.setattr(
        type(kind), "exports", {DEMONSTRATIONS: lambda annotation: iter([{"text": "?"}])}
    )
    with pytest.raises(TypeError, match="demonstration has other columns than demonstrations"):
        get_rows(client, kitchen, "demonstrations")


@pytest.mark.parametrize("dataset", DATASETS)
def test_rows_across_pages_and_groups_come_once_and_in_order(
    client, dataset, monkeypatch, tmp_path
):
    from api.exports import parquet, reading

    project = make_project()
    ada = make_member(project)
    prompt = make_prompt(project)
    group = [make_completion(prompt) for _ in range(2)]
    for _ in range(7):
        task = make_task(project, "ranking", prompt=prompt, texts=["a", "b"])
        a, b = task.completions.values_list("pk", flat=True)
        annotate(task, ada, {"tiers": [[a], [b]], "unacceptable": []})
        annotate(make_task(project), ada, {"text": "x"})
    assert len(group) == 2
    whole = get_rows(client, project, dataset)
    monkeypatch.setattr(reading, "ROWS_PER_READ", 2)
    monkeypatch.setattr(parquet, "GROUP_BYTES", 600)
    monkeypatch.setattr(reading, "KEYS_PER_READ", 3)
    assert get_rows(client, project, dataset) == whole
    path = f"/api/v1/projects/{project.slug}/exports/{dataset}.parquet"
    response = client.get(path, headers=bearer(make_member(project, role=Role.MANAGER)))
    file = tmp_path / "rows.parquet"
    file.write_bytes(b"".join(response.streaming_content))
    assert pq.read_table(file).to_pylist() == whole
    assert pq.ParquetFile(file).num_row_groups > 1


def test_a_page_of_rows_costs_a_constant_number_of_queries(
    client, kitchen, django_assert_num_queries
):
    headers = bearer(make_member(kitchen, role=Role.MANAGER))
    path = "/api/v1/projects/kitchen/exports/preferences.jsonl"
    b"".join(client.get(path, headers=headers).streaming_content)

    def export():
        b"".join(client.get(path, headers=headers).streaming_content)

    ada = make_member(kitchen)
    # token and its use, project with membership, newest, keys; then annotations, tasks, prompts,
    # completions of tasks, completions; none per row
    with django_assert_num_queries(10):
        export()
    for _ in range(3):
        task = make_task(kitchen, "ranking", texts=["a", "b"])
        a, b = task.completions.values_list("pk", flat=True)
        annotate(task, ada, {"tiers": [[a], [b]], "unacceptable": []})
    with django_assert_num_queries(10):
        export()


@pytest.mark.parametrize(
    ("role", "status"),
    [(None, 404), (Role.ANNOTATOR, 403), (Role.REVIEWER, 200), (Role.MANAGER, 200)],
)
def test_who_may_export(client, kitchen, role, status):
    user = make_member(kitchen, role=role) if role else make_user()
    path = "/api/v1/projects/kitchen/exports/preferences.jsonl"
    assert client.get(path, headers=bearer(user)).status_code == status
    client.force_login(user)
    assert client.get("/projects/kitchen/export/preferences.jsonl").status_code == status


def test_a_foreign_project_answers_like_one_that_is_not_there(client, kitchen):
    headers = bearer(make_user())
    foreign, nowhere = (
        client.get(f"/api/v1/projects/{slug}/exports/prompts.jsonl", headers=headers).json()
        for slug in ("kitchen", "nowhere")
    )
    assert foreign.pop("request_id") != nowhere.pop("request_id")
    assert foreign == nowhere


@pytest.mark.django_db(transaction=True)
def test_slow_readers_keep_no_thread(client, kitchen, monkeypatch):
    from api.exports import reading

    monkeypatch.setattr(reading, "ROWS_PER_READ", 1)
    headers = bearer(make_member(kitchen, role=Role.MANAGER))
    path = "/api/v1/projects/kitchen/exports/prompts.jsonl"
    whole = b"".join(client.get(path, headers=headers).streaming_content)

    found = read_at_once(4, path, {"Host": "testserver", **headers})

    assert found == [(200, whole)] * 4


@pytest.mark.parametrize("dataset", DATASETS)
@pytest.mark.parametrize(("extension", "loader"), [("jsonl", "json"), ("parquet", "parquet")])
def test_datasets_loads_it_as_it_is(client, kitchen, dataset, extension, loader, tmp_path):
    datasets = pytest.importorskip("datasets")
    path = f"/api/v1/projects/kitchen/exports/{dataset}.{extension}"
    headers = bearer(make_member(kitchen, role=Role.MANAGER))
    file = tmp_path / f"{dataset}.{extension}"
    file.write_bytes(b"".join(client.get(path, headers=headers).streaming_content))
    loaded = datasets.load_dataset(
        loader, data_files=str(file), split="train", cache_dir=str(tmp_path / "cache")
    )
    assert loaded.to_list() == get_rows(client, kitchen, dataset)


TRAIN = """
import sys
from pathlib import Path

from datasets import load_dataset
from trl import DPOConfig, DPOTrainer, SFTConfig, SFTTrainer

from training import tiny

folder = Path(sys.argv[1])
tiny.write(folder / "model")
common = dict(max_steps=1, per_device_train_batch_size=2, report_to=[], use_cpu=True,
              save_strategy="no", disable_tqdm=True)


def rows(name):
    return load_dataset("json", data_files=str(folder / f"{name}.jsonl"), split="train",
                        cache_dir=str(folder / "cache"))


dpo = DPOTrainer(model=str(folder / "model"), train_dataset=rows("preferences"),
                 args=DPOConfig(output_dir=str(folder / "dpo"), **common))
print("dpo", dpo.train().training_loss)
sft = SFTTrainer(model=str(folder / "model"), train_dataset=rows("demonstrations"),
                 args=SFTConfig(output_dir=str(folder / "sft"), **common))
print("sft", sft.train().training_loss)
"""


@pytest.mark.slow
def test_trl_trains_on_it_as_it_is(client, kitchen, tmp_path):
    headers = bearer(make_member(kitchen, role=Role.MANAGER))
    for dataset in ("preferences", "demonstrations"):
        response = client.get(f"/api/v1/projects/kitchen/exports/{dataset}.jsonl", headers=headers)
        (tmp_path / f"{dataset}.jsonl").write_bytes(b"".join(response.streaming_content))
    done = subprocess.run(
        [sys.executable, "-c", TRAIN, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=300,
        env={**os.environ, "PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1"},
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    losses = dict(line.split() for line in done.stdout.splitlines() if line[:3] in {"dpo", "sft"})
    assert float(losses["dpo"]) == pytest.approx(
        0.6931, abs=1e-3
    )  # log 2: the policy is the reference
    assert 0 < float(losses["sft"]) < 20
