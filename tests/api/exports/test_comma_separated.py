"""CSV: nothing in it is computed, pandas reads it, and it comes back to equal bytes."""

import csv
import io
import json

import pytest

from labeling.importing import import_prompts
from labeling.models import Prompt, Role
from labeling.prompt_files import parse_prompts
from tests.api.kitchen import DATASETS, annotate, bearer, get_rows
from tests.factories import make_member, make_project, make_prompt, make_task
from tests.labeling.awkward import TEXTS

pytestmark = pytest.mark.django_db


@pytest.fixture
def kitchen(kept_kitchen):
    return kept_kitchen


FORMULAS = ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "\nx", "＝1", "＋1", "－1", "＠x"]
PLAIN = ["'=1+1", "''", " =1", "1=1", "x\r\n=1", '"', '","', "a;b"]


def fetch(client, project, dataset):
    headers = bearer(make_member(project, role=Role.MANAGER))
    path = f"/api/v1/projects/{project.slug}/exports/{dataset}.csv"
    response = client.get(path, headers=headers)
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    return b"".join(response.streaming_content)


def cells(raw):
    return list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline="")))


def as_exported(row, like):
    """A row of a table with the values of a row of JSON lines."""
    guarded = row.pop("guarded").split()
    found = {}
    for name, value in like.items():
        text = row[name].removeprefix("'") if name in guarded else row[name]
        found[name] = text if isinstance(value, str) else json.loads(text)
    return found


@pytest.mark.parametrize("dataset", DATASETS)
def test_it_holds_the_same_rows(client, kitchen, dataset):
    rows = get_rows(client, kitchen, dataset)
    found = cells(fetch(client, kitchen, dataset))
    assert [as_exported(*each) for each in zip(found, rows, strict=True)] == rows


def test_no_cell_is_a_formula_and_each_comes_back(client, kitchen):
    for text in FORMULAS + PLAIN:
        make_prompt(kitchen, text, source=text[:200])
        task = make_task(kitchen, "rating", texts=[text])
        rated = {"completion": task.completions.get().pk, "scales": {"overall": 6}, "flags": []}
        annotate(task, make_member(kitchen), {"ratings": [rated]})

    found = cells(fetch(client, kitchen, "ratings"))[1:]
    texts = [row["completion"] for row in found]
    assert texts == [f"'{text}" for text in FORMULAS] + PLAIN
    assert [row["guarded"] for row in found] == ["completion"] * len(FORMULAS) + [""] * len(PLAIN)


def test_prompts_come_back_to_equal_bytes(client, kitchen):
    for number, text in enumerate([*FORMULAS, *PLAIN, *TEXTS]):
        make_prompt(
            kitchen,
            f"{text}{number}",
            source=text[:200].strip(),
            group_name=f"={number}",
            metadata={"said": text[:2000], "=key": 1},
        )
    raw = fetch(client, kitchen, "prompts")

    preview = parse_prompts(raw)
    other = make_project("other")
    import_prompts(project=other, rows=preview.rows, source="prompts.csv", by=None)

    assert (preview.errors, preview.duplicates) == ([], 0)
    fields = ("messages", "given", "source", "group_name", "language", "split", "metadata")
    before, after = (
        list(Prompt.objects.filter(project=each).order_by("pk").values(*fields))
        for each in (kitchen, other)
    )
    assert after == before


def test_a_table_of_others_keeps_its_apostrophes_and_its_own_column():
    rows = parse_prompts(b"prompt,guarded\r\n'=1,prompts\r\n'=2,prompt x\r\nplain,prompt\r\n").rows
    assert [(row.last_text, row.metadata) for row in rows] == [
        ("'=1", {"guarded": "prompts"}),
        ("'=2", {"guarded": "prompt x"}),
        ("plain", {"guarded": "prompt"}),
    ]


def test_pandas_reads_it_and_so_does_datasets(client, kitchen, tmp_path):
    datasets, pandas = pytest.importorskip("datasets"), pytest.importorskip("pandas")
    rows = get_rows(client, kitchen, "preferences")
    file = tmp_path / "preferences.csv"
    file.write_bytes(fetch(client, kitchen, "preferences"))

    table = pandas.read_csv(file, keep_default_na=False)
    loaded = datasets.load_dataset(
        "csv",
        data_files=str(file),
        split="train",
        keep_default_na=False,
        cache_dir=str(tmp_path / "cache"),
    )

    assert [json.loads(text) for text in table["chosen"]] == [row["chosen"] for row in rows]
    assert list(table["comment"]) == [row["comment"] for row in rows]
    assert loaded.to_pandas().to_dict("records") == table.to_dict("records")
