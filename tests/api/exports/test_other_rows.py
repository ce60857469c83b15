"""Rows that are no labels, and labels in other shapes."""

import json

import pytest

from labeling.models import Annotation, Assignment
from labeling.preambles import change
from labeling.pseudonyms import naming
from rounds.models import Evaluation
from tests.api.kitchen import get_rows, skip
from tests.factories import make_member, make_task, make_user

pytestmark = pytest.mark.django_db


def test_a_skip_says_who_left_what_and_why(client, kitchen):
    found = Assignment.objects.get(state="skipped")
    shown = change(project=kitchen, system="Be brief.", exemplars=[], by=make_user())
    found.task.preamble = shown
    found.task.save()

    (row,) = get_rows(client, kitchen, "skips")

    assert row == {
        "prompt": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "How do I boil an egg?"},
        ],
        "reason": "needs_expert",
        "note": "=eggs",
        "assignment_id": found.pk,
        "kind": "demonstration",
        "annotator": naming(kitchen)(found.annotator_id),
        "round": 1,
        "created_at": found.lease_until.strftime("%Y-%m-%dT%H:%M:%S.")
        + f"{found.lease_until.microsecond // 1000:03}Z",
        "active_seconds": 7,
        "prompt_id": found.task.prompt_id,
        "given": "",
        "split": "train",
        "language": "en",
        "use_case": "",
        "metadata": "{}",
    }
    assert get_rows(client, kitchen, "skips", "?kind=ranking") == []
    assert get_rows(client, kitchen, "skips", "?split=heldout") == []


def test_skipped_checks_votes_and_those_of_simulated_people_stay_out(client, kitchen):
    bot = make_user("Bot", is_simulated=True)
    skip(make_task(kitchen), bot, "other")
    ada = make_member(kitchen, "Ann")
    skip(make_task(kitchen, purpose="verdict", kind="comparison"), ada, "other")
    Assignment.objects.filter(pk=skip(make_task(kitchen), ada, "other").pk).update(purpose="gold")

    assert [row["note"] for row in get_rows(client, kitchen, "skips")] == ["=eggs"]


def test_evaluations_and_their_samples(client, kitchen):
    found = Evaluation.objects.select_related("before", "after", "run").get()
    base, policy = found.before, found.after

    (row,) = get_rows(client, kitchen, "evaluations")
    samples = get_rows(client, kitchen, "samples", f"?round=1&model={policy.name}")
    both = get_rows(client, kitchen, "samples")

    of_run = {key: row.pop(key) for key in ("evaluation_id", "run", "round", "created_at")}
    assert (of_run["evaluation_id"], of_run["run"], of_run["round"]) == (found.pk, found.run.pk, 1)
    assert json.loads(row.pop("metrics")) == {
        "models": {str(base.pk): {"length": 3.5}, str(policy.pk): {"length": 3.5}}
    }
    assert row == {
        "before": base.name,
        "after": policy.name,
        "reference": base.name,
        "reward_model": "",
        "second_reward_model": "",
    }
    assert [json.loads(sample["scores"]) for sample in both] == [{}, {"reward": 1.5}]
    assert samples == both[1:]
    assert {key: both[1][key] for key in ("completion", "model", "model_id", "tokens")} == {
        "completion": "+煮。",
        "model": policy.name,
        "model_id": policy.pk,
        "tokens": 3,
    }
    assert {key: both[1][key] for key in of_run} == of_run
    assert get_rows(client, kitchen, "samples", "?split=train") == []
    assert get_rows(client, kitchen, "evaluations", "?round=2") == []


def test_demonstrations_as_messages(client, kitchen):
    plain = get_rows(client, kitchen, "demonstrations")

    rows = get_rows(client, kitchen, "conversations")

    assert [row.pop("messages") for row in rows] == [
        [*row.pop("prompt"), *row.pop("completion")] for row in plain
    ]
    assert rows == plain


def test_preferences_as_openai_has_them(client, kitchen):
    rows = get_rows(client, kitchen, "openai_preferences")

    assert rows == [
        {
            "input": {"messages": row["prompt"]},
            "preferred_output": row["chosen"],
            "non_preferred_output": row["rejected"],
        }
        for row in get_rows(client, kitchen, "preferences")
    ]
    assert len(rows) == 6


def test_every_label_says_when_how_long_and_by_which_guidelines(client, kitchen):
    Annotation.objects.update(active_seconds=61, guideline_version=3)

    for dataset in ("demonstrations", "preferences", "rankings", "ratings", "critiques", "steps"):
        rows = get_rows(client, kitchen, dataset)
        assert {(row["active_seconds"], row["guideline_version"]) for row in rows} == {(61, 3)}
