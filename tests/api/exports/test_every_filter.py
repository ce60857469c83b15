"""Each dataset in each format: what its rows say of themselves, and what each filter leaves."""

import csv
import io
import json
from itertools import chain

import pyarrow.parquet as pq
import pytest

from api.exports.datasets import columns, datasets, source_of
from api.exports.encoding import ENCODERS
from api.exports.labels import OF_PAIRS
from labeling.kinds import kinds
from labeling.models import Role
from tests.api.exports.two_sides import make_sides
from tests.api.kitchen import bearer
from tests.factories import make_member

pytestmark = pytest.mark.django_db
OF_ROWS = OF_PAIRS | {"answers"}  # how rows are written; test_filters has them
WHEN_AND_WHO = {"kind", "annotator", "round", "created_at", "active_seconds", "metadata"}
OF_LABELS = WHEN_AND_WHO | {"guideline_version"}
# What rows say of themselves; the others are labels.
SAYS = {
    "openai_preferences": set(),  # OpenAI takes nothing else
    "skips": WHEN_AND_WHO,  # somebody who skips has answered under no guidelines
    "evaluations": {"round", "created_at", "before", "after"},
    "samples": {"round", "created_at", "model", "metadata"},
    "prompts": {"metadata"},
}
NO_MODEL = {"openai_preferences", "skips", "prompts"}


@pytest.fixture
def sides(client):
    """`read(dataset, encoding, **filters)`, which gives rows, and the two halves."""
    project, halves = make_sides()
    headers = bearer(make_member(project, role=Role.REVIEWER))

    def read(dataset, encoding="jsonl", **filters):
        path = f"/api/v1/projects/kitchen/exports/{dataset}.{encoding}"
        answer = client.get(path, filters, headers=headers)
        assert answer.status_code == 200, answer.content
        return DECODERS[encoding](b"".join(answer.streaming_content), columns(datasets()[dataset]))

    return read, halves


def lines(content, types):
    return [json.loads(line) for line in content.decode().splitlines()]


def table(content, types):
    return pq.read_table(io.BytesIO(content)).to_pylist()


def cells(content, types):
    """As they were before they became text: all but text is JSON."""
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    for row in rows:
        row.pop("guarded")
    return [
        {name: row[name] if kind is str else json.loads(row[name]) for name, kind in types.items()}
        for row in rows
    ]


DECODERS = {"jsonl": lines, "parquet": table, "csv": cells}


def models_in(value):
    """The names of all models that a row says wrote something, at any depth."""
    if isinstance(value, dict):
        own = {part for name, part in value.items() if name.split("_")[-1] == "model" and part}
        own |= {value[name] for name in ("before", "after") if name in value}
        return own.union(*map(models_in, value.values()))
    return set().union(*map(models_in, value)) if isinstance(value, list) else set()


def test_every_format_has_the_same_rows_which_say_where_they_come_from(sides):
    read, halves = sides
    writers = {side.model.name for side in halves}
    of_halves = {
        (side.round, side.pseudonym, f"{side.day:%Y-%m-%dT%H:%M:%S.000Z}", topic(side))
        for side in halves
    }
    for dataset in datasets():
        rows = read(dataset)
        found = {encoding: read(dataset, encoding) for encoding in ENCODERS}
        assert found == dict.fromkeys(ENCODERS, rows), dataset
        assert SAYS.get(dataset, OF_LABELS) <= rows[0].keys(), dataset
        if dataset not in NO_MODEL:
            assert set().union(*map(models_in, rows)) == writers, dataset
        if dataset not in SAYS:
            times = {(row["active_seconds"], row["guideline_version"]) for row in rows}
            names = ("round", "annotator", "created_at", "metadata")
            assert times == {(61, 3)}, dataset
            assert {tuple(row[name] for name in names) for row in rows} == of_halves, dataset


def topic(side):
    return json.dumps({"topic": str(side.round)})


def test_each_filter_leaves_its_half_in_every_format(sides):
    read, halves = sides
    for name, dataset in datasets().items():
        allowed = source_of(dataset).filters - OF_ROWS - {"kind"}
        tried = set()
        own = [read(name, round=side.round) for side in halves]
        assert all(own), name
        assert in_any_order(own[0] + own[1]) == in_any_order(read(name))
        for side, rows in zip(halves, own, strict=True):
            of_models = [row for row in rows if has_a_models_text(name, row)]
            asked = [(key, value) for key in allowed for value in side.filters.get(key, [])]
            for key, value in asked:
                left = of_models if key == "model" else rows
                assert read(name, **{key: value}) == left, (name, key, value)
            all_at_once = dict(asked)
            left = {each: read(name, each, **all_at_once) for each in ENCODERS}
            assert left == dict.fromkeys(ENCODERS, of_models if "model" in allowed else rows)
            tried |= all_at_once.keys()
        assert tried == allowed, name


def has_a_models_text(dataset, row):
    """Whether its task has one: that of a demonstration has none."""
    return dataset == "samples" or row.get("kind") != "demonstration"


def in_any_order(rows):
    return sorted(json.dumps(row, sort_keys=True) for row in rows)


def test_the_filter_of_kinds_parts_the_rows(sides):
    read, _halves = sides
    for name, dataset in datasets().items():
        if "kind" in source_of(dataset).filters:
            parts = {kind: read(name, kind=kind) for kind in kinds()}
            whole = read(name)
            assert in_any_order(chain(*parts.values())) == in_any_order(whole), name
            if name != "openai_preferences":
                own = {kind: [row for row in whole if row["kind"] == kind] for kind in kinds()}
                assert parts == own, name
