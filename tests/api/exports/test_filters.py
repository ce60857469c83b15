"""What each filter leaves of an export, and which dataset has which."""

import hashlib
import re
from datetime import UTC, datetime
from io import BytesIO

import pytest

from api.exports.datasets import datasets, source_of
from api.exports.filters import Filters
from labeling.models import Annotation, Flagged, ImportedLabel, Role
from labeling.pseudonyms import PATTERN, naming
from labeling.whole_files import import_file
from quality.models import TaskAgreement
from tests.api.kitchen import annotate, bearer, get_rows
from tests.factories import make_completion, make_member, make_task, make_user, make_version
from tests.labeling.test_prompt_files import lines

pytestmark = pytest.mark.django_db


@pytest.fixture
def kitchen(kept_kitchen):
    return kept_kitchen


OF_LABELS = {
    *("round", "kind", "split", "language", "annotator", "since", "until", "model", "flag"),
    *("agreement_at_least", "agreement_at_most", "answers"),
}


def kinds_of(client, kitchen, query, dataset="demonstrations"):
    return [row["kind"] for row in get_rows(client, kitchen, dataset, query)]


@pytest.mark.parametrize(
    ("dataset", "filters"),
    [
        ("preferences", OF_LABELS | {"pairs", "ties"}),
        ("openai_preferences", OF_LABELS | {"pairs", "ties"}),
        ("unpaired", OF_LABELS),
        ("conversations", OF_LABELS),
        ("skips", {"round", "kind", "split", "language", "annotator", "since", "until"}),
        ("evaluations", {"round"}),
        ("samples", {"round", "split", "language", "model"}),
        ("prompts", {"round", "split", "language"}),
    ],
)
def test_which_filters_a_dataset_has(client, kitchen, dataset, filters):
    assert source_of(datasets()[dataset]).filters == filters
    headers = bearer(make_member(kitchen, role=Role.MANAGER))
    for name in Filters.model_fields.keys() - filters:
        valid = {"kind": "ranking", "since": "2026-11-27", "until": "2026-11-27", "flag": "any"}
        valid |= {"annotator": "p-0123456789ab", "split": "train", "language": "en", "model": "x"}
        valid |= {"answers": "given", "pairs": "best", "ties": "both_ways"}
        path = f"/api/v1/projects/kitchen/exports/{dataset}.jsonl?{name}={valid.get(name, 1)}"
        response = client.get(path, headers=headers)
        assert response.status_code == 400
        assert f"There is no filter '{name}' here" in response.json()["detail"]


def test_kind_and_day(client, kitchen):
    label = Annotation.objects.get(kind="demonstration")
    moment = datetime(2026, 11, 5, 23, 59, 59, 999_000, tzinfo=UTC)
    Annotation.objects.filter(pk=label.pk).update(created_at=moment)

    (row,) = get_rows(client, kitchen, "demonstrations", "?kind=demonstration")
    assert row["created_at"] == "2026-11-05T23:59:59.999Z"
    assert kinds_of(client, kitchen, "?until=2026-11-05") == ["demonstration"]
    assert kinds_of(client, kitchen, "?since=2026-11-05&until=2026-11-05") == ["demonstration"]
    assert kinds_of(client, kitchen, "?until=2026-11-04") == []
    assert kinds_of(client, kitchen, "?since=2026-11-06") == ["correction"]


def test_annotator_by_pseudonym(client, kitchen):
    bob = make_member(kitchen, "Bob")
    annotate(make_task(kitchen), bob, {"text": "Bob's."})
    name = naming(kitchen)

    (row,) = get_rows(client, kitchen, "demonstrations", f"?annotator={name(bob.pk)}")
    assert (row["completion"][0]["content"], row["annotator"]) == ("Bob's.", name(bob.pk))
    headers = bearer(make_member(kitchen, role=Role.MANAGER))
    path = f"/api/v1/projects/kitchen/exports/skips.jsonl?annotator={name(make_user().pk)}"
    response = client.get(path, headers=headers)
    assert (response.status_code, response.json()["errors"]) == (
        422,
        [{"field": "annotator", "message": "Nobody in this project has this pseudonym."}],
    )


def test_whom_a_file_names_has_a_pseudonym(client, kitchen):
    def pair(place: int, who: str) -> dict[str, object]:  # as Label Studio writes it
        texts = {"prompt": f"Egg {place}?", "left": "Six minutes.", "right": "An hour."}
        choice = {"type": "pairwise", "from_name": "a", "value": {"selected": "left"}}
        annotation = {"completed_by": {"email": who}, "result": [choice]}
        return {"id": place, "data": texts, "annotations": [annotation]}

    def asked(query: str) -> dict[str, str]:
        rows = get_rows(client, kitchen, "preferences", query)
        found = {row["prompt"][0]["content"]: row["annotator"] for row in rows}
        return {text: who for text, who in found.items() if text.startswith("Egg ")}

    mona = make_user("Mona")
    named = [pair(1, "ada@a.org"), pair(2, "bob@a.org"), pair(3, "ada@a.org")]
    unnamed = [{"prompt": "Egg 4?", "chosen": "Six minutes.", "rejected": "An hour."}]
    for name, rows in (("a", named), ("b", unnamed)):
        import_file(project=kitchen, file=BytesIO(lines(*rows)), name=name, by=mona)
    # Of labels that came in earlier less is kept; the name is the same.
    digest = hashlib.sha256(f"{kitchen.pk}:ada@a.org".encode()).hexdigest()[:8]
    third = ImportedLabel.objects.order_by("pk")[2]
    ImportedLabel.objects.filter(pk=third.pk).update(who=digest)

    found = asked("")

    ada, bob, nobody = (found[f"Egg {n}?"] for n in (1, 2, 4))
    assert (found["Egg 3?"], len({ada, bob, nobody})) == (ada, 3)
    assert all(re.fullmatch(PATTERN, who) for who in found.values())
    for who in (ada, bob, nobody):
        expected = {text: said for text, said in found.items() if said == who}
        assert asked(f"?annotator={who}") == expected


def test_model_of_a_text(client, kitchen):
    correction = Annotation.objects.get(kind="correction").task
    correction.completions.update(model_version=make_version(name="policy v7"))
    make_completion(correction.prompt, model_version=make_version(name="policy v8"))

    rows = get_rows(client, kitchen, "preferences", "?model=policy%20v7")
    assert [(row["kind"], row["rejected_model"]) for row in rows] == [("correction", "policy v7")]
    assert get_rows(client, kitchen, "preferences", "?model=policy%20v8") == []


def test_agreement_and_flags(client, kitchen):
    one, other = Annotation.objects.filter(kind__in=["demonstration", "correction"]).order_by("pk")
    TaskAgreement.objects.create(
        task=one.task, project=kitchen, kind=one.kind, answers=2, agreement=0.7
    )
    moment = datetime(2026, 11, 5, tzinfo=UTC)
    Flagged.objects.create(annotation=other, project=kitchen, far={"x": 1}, computed_at=moment)

    assert kinds_of(client, kitchen, "?agreement_at_least=70") == ["demonstration"]
    assert kinds_of(client, kitchen, "?agreement_at_least=71") == []
    assert kinds_of(client, kitchen, "?agreement_at_most=70") == ["demonstration"]
    assert kinds_of(client, kitchen, "?flag=any") == ["correction"]
    assert kinds_of(client, kitchen, "?flag=far") == ["correction"]
    assert kinds_of(client, kitchen, "?flag=fast") == []
    assert kinds_of(client, kitchen, "?flag=none") == ["demonstration"]


def test_rankings_of_each_annotator_stay_beside_a_decision(client, kitchen):
    ranking = Annotation.objects.get(kind="ranking")
    keys = [completion.pk for completion in ranking.task.completions.order_by("pk")]
    Annotation.objects.filter(pk=ranking.pk).update(standing="overruled")
    body = {"tiers": [keys], "unacceptable": []}
    decision = annotate(ranking.task, make_member(kitchen, "Olga"), body, purpose="decision")

    def tiers(query):
        return [
            (row["annotation_id"], [len(tier) for tier in row["tiers"]])
            for row in get_rows(client, kitchen, "rankings", query)
        ]

    assert tiers("") == [(decision.pk, [4])]
    assert tiers("?answers=given") == [(ranking.pk, [1, 2, 1])]


def test_pairs_of_the_best_and_of_ties(client, kitchen):
    def pairs(query, dataset="preferences"):
        rows = get_rows(client, kitchen, dataset, f"?kind=ranking&{query}")
        return [
            row["chosen"][0]["content"] + row["rejected"][0]["content"]
            if dataset == "preferences"
            else row["preferred_output"][0]["content"] + row["non_preferred_output"][0]["content"]
            for row in rows
        ]

    assert pairs("pairs=all&ties=leave_out") == ["煎蒸", "煎煮", "煎扔", "蒸扔", "煮扔"]
    assert pairs("pairs=best") == ["煎蒸", "煎煮", "煎扔"]
    assert pairs("pairs=best", "openai_preferences") == ["煎蒸", "煎煮", "煎扔"]
    both = ["煎蒸", "煎煮", "煎扔", "蒸煮", "煮蒸", "蒸扔", "煮扔"]
    assert pairs("ties=both_ways") == both
    assert pairs("ties=both_ways", "openai_preferences") == both


@pytest.mark.parametrize(
    "query",
    [
        *("kind=vote", "annotator=7", "annotator=p-0123", "since=yesterday", "flag=slow"),
        *("agreement_at_least=101", "agreement_at_most=-1", "pairs=worst", "ties=1", "answers=all"),
        *("model=%00", "until=2026-02-30"),
    ],
)
def test_values_that_cannot_be_are_refused(client, kitchen, query):
    headers = bearer(make_member(kitchen, role=Role.MANAGER))
    path = f"/api/v1/projects/kitchen/exports/preferences.jsonl?{query}"
    response = client.get(path, headers=headers)
    assert (response.status_code, response.json()["type"]) == (422, "bad_input")
