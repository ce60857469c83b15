"""Labels that Rondo exports come in again, and leave with equal data columns."""

import json

import pytest

from labeling.importing import import_prompts
from labeling.labeled_files import parse_file
from labeling.models import Annotation, Import
from tests.api.kitchen import annotate, get_rows
from tests.factories import make_member, make_project, make_prompt, make_task

pytestmark = pytest.mark.django_db
TEXT = ("text", "tier", "acceptable")
# Dataset -> what is data of its rows, and of the objects of a list among them.
DATA = {
    "demonstrations": (["prompt", "completion"], ()),
    "preferences": (["prompt", "chosen", "rejected", "chosen_tier", "rejected_tier"], ()),
    "rankings": (["prompt", "completions"], TEXT),
    "comparisons": (["prompt", "completions", "preference", "both_bad"], ("text",)),
    "ratings": (["prompt", "completion", "criteria"], ("name", "value")),
}
AROUND = ["language", "metadata", "concerns", "comment"]


def data(row, dataset):
    names, within = DATA[dataset]
    return {
        name: (
            [{key: each[key] for key in within} for each in row[name]]
            if within and isinstance(row[name], list) and name != "prompt"
            else row[name]
        )
        for name in [*names, *AROUND]
    }


@pytest.fixture
def full(kitchen):
    """The kitchen with more of what is ranked and compared."""
    bea = make_member(kitchen, "Bea")
    soup = make_prompt(kitchen, "Soup?", metadata={"topic": "soups"})
    compared = make_task(kitchen, "comparison", prompt=soup, texts=["Cold.", "Hot."])
    hot = compared.completions.latest("pk").pk
    annotate(
        compared,
        bea,
        {"better": hot, "strength": 3, "both_bad": False},
        comment="Hot it is.",
        concerns=["unsafe"],
    )
    ranked = make_task(kitchen, "ranking", prompt=soup, texts=["a", "b", "c"])
    a, b, c = ranked.completions.order_by("pk").values_list("pk", flat=True)
    own = {"original": None, "text": "Mine.", "tied": False}
    annotate(ranked, bea, {"tiers": [[c], [a]], "unacceptable": [b], "written": own})
    rated = make_task(kitchen, "rating", prompt=soup, texts=["x", "y"])
    body = [
        {"completion": pk, "scales": {"overall": n}, "flags": []}
        for n, pk in enumerate(rated.completions.order_by("pk").values_list("pk", flat=True), 3)
    ]
    annotate(rated, bea, {"ratings": body})
    return kitchen


@pytest.mark.parametrize("dataset", DATA)
def test_data_columns_are_equal(client, full, dataset):
    exported = get_rows(client, full, dataset)
    raw = "\n".join(json.dumps(row) for row in exported).encode()
    other = make_project("other")

    preview = parse_file(raw)
    import_prompts(
        project=other,
        rows=preview.rows,
        labels=preview.labels,
        format_name=preview.format.name,
        source=f"{dataset}.jsonl",
        by=None,
    )

    back = get_rows(client, other, dataset)
    assert (preview.format.name, preview.errors) == ("rondo", [])
    assert len(exported) > 1
    assert [data(row, dataset) for row in back] == [data(row, dataset) for row in exported]
    groups = {row.get("group_id", row["annotation_id"]) for row in exported}
    assert Import.objects.get().labels == Annotation.objects.filter(project=other).count()
    assert Import.objects.get().labels == len(groups)


def test_an_export_that_is_not_read_again_says_so(client, full):
    (row,) = get_rows(client, full, "critiques")

    (error,) = parse_file(json.dumps(row).encode()).errors

    assert "this export of Rondo is not read again" in error.message
