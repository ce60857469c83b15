"""What is in each export, and what a filter leaves of it."""

import json

import pytest

from labeling.models import Annotation, Prompt, Role, Task
from labeling.preambles import change
from labeling.pseudonyms import naming
from tests.api.kitchen import annotate, bearer, get_rows
from tests.factories import make_member, make_project, make_task, make_user
from tests.labeling.kinds.test_dialogue import BETWEEN, TURNS

pytestmark = pytest.mark.django_db


@pytest.fixture
def kitchen(kept_kitchen):
    return kept_kitchen


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
        "margin": 1 / 3,
        "chosen_origin": "model",
        "rejected_origin": "model",
        "chosen_model": "",
        "rejected_model": "",
        "annotation_id": ranking.pk,
        "kind": "ranking",
        "annotator": naming(kitchen)(ranking.annotator_id),
        "round": 1,
        "created_at": ranking.created_at.strftime("%Y-%m-%dT%H:%M:%S.")
        + f"{ranking.created_at.microsecond // 1000:03}Z",
        "active_seconds": 0,
        "guideline_version": 1,
        "is_chosen": False,
        "presorted": False,
        "concerns": "",
        "comment": "",
        "prompt_id": ranking.task.prompt_id,
        "given": "",
        "split": "heldout",
        "language": "zh",
        "use_case": "",
        "metadata": "{}",
    }
    assert len({row["group_id"] for row in rows}) == 2


def test_each_dataset_has_the_metadata_of_its_prompt(client, kitchen):
    said = {"topic": "厨房", "level": 3}
    Prompt.objects.update(metadata=said)

    for dataset in ("preferences", "demonstrations", "rankings", "prompts"):
        rows = get_rows(client, kitchen, dataset)
        assert [json.loads(row["metadata"]) for row in rows] == [said] * len(rows) != []


def test_a_preference_of_a_dialogue_follows_what_was_said_before(client):
    project = make_project("talk")
    task = make_task(project, "dialogue")
    annotate(task, make_user(), {"turns": TURNS})

    first, second = get_rows(client, project, "preferences")
    (whole,) = get_rows(client, project, "dialogues")

    assert first["prompt"] == task.prompt.messages
    assert second["prompt"] == [*task.prompt.messages, *BETWEEN]
    assert second["chosen"] == [{"role": "assistant", "content": "Seven."}]
    assert whole["prompt"] == task.prompt.messages


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


def test_a_text_that_a_person_wrote_says_so(client, kitchen):
    written = Annotation.objects.get(kind="demonstration")
    human = Annotation.objects.get(kind="ranking").task.completions.get(text="煎")
    human.answer = written
    human.save()

    (row,) = get_rows(client, kitchen, "rankings")
    origins = {
        (row["chosen"][0]["content"], row["chosen_origin"], row["rejected_origin"])
        for row in get_rows(client, kitchen, "preferences")
    }

    assert [part["origin"] for part in row["completions"]] == ["model", "human", "model", "model"]
    assert origins == {
        ("煎", "human", "model"),
        ("蒸", "model", "model"),
        ("煮", "model", "model"),
        ("Boil it for six minutes.", "human", "model"),
    }


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
    for name in ("passwords.jsonl", "prompts.xlsx"):
        response = client.get(f"/api/v1/projects/kitchen/exports/{name}", headers=headers)
        assert response.status_code == 422


def test_simulated_and_surplus_labels_stay_out(client, kitchen):
    bot = make_user("Bot", is_simulated=True)
    task = make_task(kitchen, overlap=3)
    annotate(task, bot, {"text": "beep"}, is_simulated=True)
    annotate(task, make_member(kitchen), {"text": "late"}, standing="surplus")
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


def test_what_went_with_an_answer_stands_in_each_of_its_rows(client, kitchen):
    Annotation.objects.filter(kind="correction").update(
        concerns=["unsafe", "broken"], comment="切掉了 <end>"
    )

    for dataset in ("demonstrations", "preferences"):
        rows = get_rows(client, kitchen, dataset)
        said = {row["kind"]: (row["concerns"], row["comment"]) for row in rows}
        assert said.pop("correction") == ("unsafe broken", "切掉了 <end>")
        assert set(said.values()) == {("", "")}


def test_the_prompt_of_a_label_is_what_its_writer_was_given(client, kitchen):
    """The prompts themselves stay as they are: they can be imported again."""
    before = get_rows(client, kitchen, "demonstrations")
    prompts = get_rows(client, kitchen, "prompts")
    mona = make_member(kitchen, "Moni", Role.MANAGER)
    shown = [("2 + 2?", " 4\n")]
    first = change(project=kitchen, system="Be brief.\n", exemplars=shown, by=mona)
    change(project=kitchen, system="Be long.", exemplars=[], by=mona)
    label = Annotation.objects.filter(kind="demonstration").earliest("pk")
    Task.objects.filter(pk=label.task_id).update(preamble=first)

    rows = get_rows(client, kitchen, "demonstrations")

    after = [
        {"role": "system", "content": "Be brief.\n"},
        {"role": "user", "content": "2 + 2?"},
        {"role": "assistant", "content": " 4\n"},
    ]
    assert rows[0]["annotation_id"] == label.pk
    assert rows[0] == {**before[0], "prompt": [*after, *before[0]["prompt"]]}
    assert rows[1:] == before[1:]
    assert get_rows(client, kitchen, "prompts") == prompts
