from itertools import islice

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.errors import NotEnoughDataError
from labeling.models import Task
from quality.models import Reliability
from rounds.launching.preflight import check
from rounds.launching.recipes import defaults
from rounds.models import Round
from rounds.queries import teaching_counts
from rounds.snapshots import freeze, read
from rounds.stages.findings import Stock
from tests.factories import make_annotation, make_prompt, make_task, make_user, make_version
from tests.labeling.calling import TOOLS
from training.contract import conversations

CHAIN = ["sft", "reward", "ppo", "evaluate"]


def tie(task: Task) -> dict[str, list[object]]:
    """A ranking that says nothing."""
    return {"tiers": [list(task.completions.values_list("pk", flat=True))], "unacceptable": []}


def levels(round_: Round, stages: list[str]) -> dict[str, list[str]]:
    found = check(round_, stages)
    return {c.stage.name: [finding.level for finding in c.findings] for c in found.stages}


def test_an_empty_project_lacks_labels_and_says_where_to_get_them(first_round: Round) -> None:
    found = check(first_round, CHAIN)

    assert [line.text.split(",")[0] for line in found.missing] == [
        "0 demonstrations to train on",
        "0 labels with comparisons",
    ]
    assert {line.url for line in found.missing} == {"/projects/kitchen/rounds/1/"}
    with pytest.raises(NotEnoughDataError, match="at least 2 needed"):
        found.require()


def test_one_label_or_only_ties_are_not_enough(first_round: Round) -> None:
    make_annotation(make_task(first_round.project))
    for _ in range(3):
        task = make_task(first_round.project, "ranking")
        make_annotation(task, tie(task))

    assert [line.text.split(",")[0] for line in check(first_round, CHAIN).missing] == [
        "1 demonstration to train on",
        "0 labels with comparisons",
    ]


def test_enough_labels_pass_with_the_warning_of_gao(first_round: Round) -> None:
    for kind in ("demonstration", "demonstration", "ranking", "ranking"):
        make_annotation(make_task(first_round.project, kind))

    found = check(first_round, CHAIN)

    assert found.missing == []
    texts = [line.text for line in found.stages[1].findings if line.level == "warning"]
    assert texts[0].startswith("12 of 2,000 comparisons")
    assert found.seconds > 0


def test_a_correction_that_changes_nothing_is_no_comparison(first_round: Round) -> None:
    for text in ("As it was.", "As it was.", "Better."):
        task = make_task(first_round.project, "correction", texts=["As it was."])
        make_annotation(task, {"completion": task.completions.get().pk, "text": text})

    [line] = check(first_round, ["reward"]).missing
    assert line.text.startswith("1 label with comparisons")


def test_ppo_alone_needs_a_reward_model(first_round: Round) -> None:
    assert levels(first_round, ["ppo"]) == {"ppo": ["ok", "missing"]}
    make_version("reward", family=first_round.project.family)
    assert levels(first_round, ["ppo"]) == {"ppo": ["ok", "ok"]}


def test_evaluation_alone_needs_a_model_of_this_round(first_round: Round) -> None:
    assert levels(first_round, ["evaluate"]) == {"evaluate": ["ok", "missing", "warning"]}


def test_simulated_labels_are_counted_as_left_out(first_round: Round) -> None:
    make_annotation(make_task(first_round.project), annotator=make_user(is_simulated=True))

    general = check(first_round, ["sft"]).general

    assert [line.text.split(":")[0] for line in general if line.level == "warning"] == [
        "1 label is left out"
    ]


def test_no_room_on_the_disk_is_missing(
    first_round: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    first_round.writer.parameters = 10**15
    assert [line.level for line in check(first_round, ["sft"]).general] == ["missing"]


@pytest.mark.parametrize(
    ("sizes", "unacceptable", "pairs"),
    [([3], 0, 0), ([1, 2], 0, 2), ([1, 1, 1, 1], 0, 6), ([2], 1, 2), ([], 3, 0), ([1, 2], 2, 8)],
)
def test_pairs_are_between_tiers_and_the_unacceptable_are_one(
    first_round: Round, sizes: list[int], unacceptable: int, pairs: int
) -> None:
    task = make_task(first_round.project, "ranking", k=sum(sizes) + unacceptable)
    left = iter(task.completions.values_list("pk", flat=True))
    tiers = [list(islice(left, size)) for size in sizes]
    make_annotation(task, {"tiers": tiers, "unacceptable": list(left)})

    taught = teaching_counts(first_round.project)["rankings"]["train"]
    assert taught == ({"ranking": (1, pairs)} if pairs else {})


def test_comparisons_are_counted_by_split(first_round: Round) -> None:
    make_annotation(make_task(first_round.project, "ranking", k=3))
    held = first_round.project.prompts.filter(split="heldout")[0]
    make_annotation(make_task(first_round.project, "ranking", prompt=held, k=2))

    assert teaching_counts(first_round.project)["rankings"] == {
        "train": {"ranking": (1, 3)},
        "heldout": {"ranking": (1, 1)},
    }


def test_a_correction_counts_where_it_is_a_comparison(first_round: Round) -> None:
    for edited in (
        "\u2003As it was. ",
        "As it was.",
        "\u3000As it was.\x85\n",
        "\u200bAs it was.",
        "As it  was.",
        "Better.",
    ):
        task = make_task(first_round.project, "correction", texts=["\u2003As it was. "])
        make_annotation(task, {"completion": task.completions.get().pk, "text": edited})

    compared = [
        row for row in read(freeze(first_round.project), "rankings") if row["kind"] == "correction"
    ]
    assert teaching_counts(first_round.project)["rankings"] == {
        "train": {"correction": (len(compared), len(compared))},
        "heldout": {},
    }
    assert len(compared) == 5  # all but the first


def test_what_there_is_is_counted_where_it_lies(first_round: Round) -> None:
    for kind in ("demonstration", "ranking", "correction"):
        make_annotation(make_task(first_round.project, kind))

    with CaptureQueriesContext(connection) as asked:
        Stock.of(first_round)

    others = ("jobs_worker", "registry_modelversion")  # a few rows, or whether there is one
    said = [query["sql"] for query in asked]
    said = [sql for sql in said if not any(table in sql for table in others)]
    assert [sql for sql in said if "COUNT(" not in sql] == []


def test_what_the_model_refuses_and_a_reward_model_that_learned_nothing_are_warned_of(
    first_round: Round,
) -> None:
    system = [{"role": "system", "content": "x"}, {"role": "user", "content": "Hi"}]
    make_prompt(first_round.project, messages=system)
    tools = make_prompt(first_round.project, "Boil it.")
    tools.given = conversations.given(tools.messages, TOOLS)
    tools.save()
    first_round.writer.metrics = {"system_turns": False, "tool_turns": False}
    first_round.writer.save()
    family = first_round.project.family
    make_version("reward", family=family, name="reward v1", metrics={"useless": True})

    found = check(first_round, ["ppo"])

    assert [line.text for line in found.general if line.level == "warning"] == [
        "1 prompt has a system message, which base refuses: it is left out.",
        "1 prompt has tools, which base cannot be shown: it is left out.",
    ]
    assert [line.text for line in found.stages[0].findings if line.level == "warning"] == [
        "reward v1 has learned next to nothing: PPO would follow noise. Train a new reward model."
    ]


def test_a_learning_curve_warns_where_there_is_too_little_for_one(first_round: Round) -> None:
    def warned() -> bool:
        found = check(first_round, ["reward"], {"reward": {"learning_repeats": 2}})
        return any("no learning curve" in f.text for f in found.stages[0].findings)

    for _ in range(8):
        make_annotation(make_task(first_round.project, "ranking"))
    assert warned()
    held = first_round.project.prompts.filter(split="heldout")[0]
    make_annotation(make_task(first_round.project, "ranking", prompt=held))
    assert not warned()
    assert not any(
        "learning curve" in f.text for f in check(first_round, ["reward"]).stages[0].findings
    )


def test_weighing_warns_where_nobody_is_known(first_round: Round) -> None:
    warned = "Nobody’s reliability is known, so all labels weigh alike."

    def says(**recipe: bool) -> bool:
        found = check(first_round, ["reward"], {"reward": defaults("reward") | recipe})
        return any(line.text.startswith(warned) for line in found.stages[0].findings)

    assert (says(), says(weighing=True)) == (False, True)
    label = make_annotation(make_task(first_round.project, "ranking"))
    fields = {"value": 0.9, "low": 0.8, "high": 1.0, "answers": 9, "pairs": 9}
    Reliability.objects.create(
        project=first_round.project,
        person=label.annotator,
        computed_at=label.created_at,
        **fields,
    )
    assert not says(weighing=True)
