"""The datasets are those of the kinds of annotation, and the prompts."""

from types import SimpleNamespace

import pytest

from api.exports.datasets import columns, datasets
from labeling.datasets import DEMONSTRATIONS, Dataset
from labeling.kinds import kinds


@pytest.fixture
def fresh_datasets():
    datasets.cache_clear()
    yield
    datasets.cache_clear()


def test_all_that_kinds_export_and_the_prompts():
    assert list(datasets()) == [
        "preferences",
        "unpaired",
        "rankings",
        "demonstrations",
        "corrections",
        "ratings",
        "rule_answers",
        "comparisons",
        "critiques",
        "dialogues",
        "gradings",
        "steps",
        "step_labels",
        "conversations",
        "openai_preferences",
        "skips",
        "evaluations",
        "samples",
        "prompts",
    ]


def test_columns_are_the_prompt_the_datasets_own_and_of_what_the_row_is():
    assert list(columns(DEMONSTRATIONS)) == [
        "prompt",
        "completion",
        "model",
        "annotation_id",
        "kind",
        "annotator",
        "round",
        "created_at",
        "active_seconds",
        "guideline_version",
        "is_chosen",
        "presorted",
        "concerns",
        "comment",
        "prompt_id",
        "given",
        "split",
        "language",
        "use_case",
        "metadata",
    ]


@pytest.mark.usefixtures("fresh_datasets")
def test_two_datasets_of_one_name_are_refused(monkeypatch):
    mine = Dataset(name="demonstrations", label="Mine", columns={})
    both = kinds() | {"mine": SimpleNamespace(exports={mine: None})}
    monkeypatch.setattr("api.exports.datasets.kinds", lambda: both)
    with pytest.raises(ValueError, match="two datasets are named demonstrations"):
        datasets()
