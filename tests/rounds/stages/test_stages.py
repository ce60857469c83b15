"""Each stage's folder in and out, with a worker that has no processes."""

from pathlib import Path

import pytest

from accounts.models import User
from labeling.models import Completion, Project, Task
from registry import services as registry
from registry.models import ModelVersion
from registry.services import register_folder
from rounds.collecting.opening import open_round
from rounds.corpora import storing
from rounds.launching.launching import launch
from rounds.models import Round, Run
from rounds.stages.findings import Stock
from rounds.stages.sft.needs import examples
from tests.factories import make_annotation, make_task, make_user
from tests.rounds.worker import finish, rows_of, start, write_model
from training.generate.spec import GenerateSpec
from training.ppo.spec import PPOSpec
from training.reward.spec import RewardSpec
from training.sft.spec import SFTSpec


def completions_for(run: Run, *, same: bool = False) -> list[dict[str, object]]:
    """What the trainer writes for a generate run."""
    return [
        {
            "prompt_id": pk,
            "position": i,
            "text": "same" if same else f"text {i}\0",
            "tokens": 4,
            "finish_reason": "stop" if i else "length",
        }
        for pk, n in run.job.payload["prompts"]
        for i in range(n)
    ]


def test_generation_stores_completions_and_opens_the_tasks(
    project: Project, mona: User, base: ModelVersion
) -> None:
    plan = {
        "tasks": {"ranking": 3, "correction": 2},
        "first_batch": 0,
        "temperature": 0.7,
        "seed": 5,
    }
    run = open_round(project=project, by=mona, plan=plan).runs.get()

    learned = {"context": 64, "system_turns": True, "tool_turns": False}
    finish(run, result={"tokens": 4, **learned}, completions=completions_for(run))

    assert Task.objects.counts_by_kind() == {"ranking": 3, "correction": 2}
    ranking = Task.objects.filter(kind="ranking")[0]
    assert ranking.completions.count() == 4
    stored = Completion.objects.order_by("pk")[1]
    assert (stored.text, stored.model_version, stored.finish_reason) == ("text 1", base, "stop")
    assert (stored.sampling["temperature"], stored.seed) == (0.7, 1005)
    assert Round.objects.get().pending == {"ranking": {}, "correction": {}}
    assert registry.facts_of(ModelVersion.objects.get(pk=base.pk)) == learned


def test_generation_spec_and_prompts(project: Project, mona: User, base: ModelVersion) -> None:
    run = open_round(project=project, by=mona, plan={"tasks": {"ranking": 2}}).runs.get()

    _, folder, spec = start(run)

    assert isinstance(spec, GenerateSpec)
    assert (spec.temperature, spec.max_new_tokens) == (1.0, 128)
    assert [row["n"] for row in rows_of(folder, "prompts")] == [4, 4]


def test_a_ranking_waits_for_the_completions_of_all_its_models(
    project: Project, mona: User, base: ModelVersion, first_round: Round, tmp_path: Path
) -> None:
    from rounds.evaluation.promoting import promote

    folder = write_model(tmp_path / "policy", mark="p")
    policy = register_folder(folder=folder, kind="policy", name="p", family=project.family)
    promote(project=project, version=policy, by=mona, reason="Tried.")
    Round.objects.update(state=Round.State.EVALUATED)
    plan = {"tasks": {"ranking": 4}, "previous_share": 0.5, "first_batch": 0}
    round_ = open_round(project=project, by=mona, plan=plan)
    ours, earlier = round_.runs.order_by("pk")

    finish(ours, completions=completions_for(ours))
    assert Task.objects.count() == 0
    finish(earlier, completions=completions_for(earlier))

    assert Task.objects.count() == 4
    writers = Task.objects.all()[0].completions.values_list("model_version", flat=True)
    assert sorted(writers) == [base.pk, base.pk, policy.pk, policy.pk]


def test_a_prompt_that_leaves_the_model_no_room_is_not_waited_for(
    project: Project, mona: User, base: ModelVersion
) -> None:
    run = open_round(
        project=project, by=mona, plan={"tasks": {"ranking": 3}, "first_batch": 0}
    ).runs.get()
    too_long = run.job.payload["prompts"][0][0]

    finish(run, completions=[r for r in completions_for(run) if r["prompt_id"] != too_long])

    assert set(Task.objects.values_list("prompt", flat=True)) == {
        pk for pk, _ in run.job.payload["prompts"] if pk != too_long
    }
    assert Round.objects.get().pending == {"ranking": {}}


def test_identical_completions_are_nothing_to_rank(
    project: Project, mona: User, base: ModelVersion
) -> None:
    run = open_round(project=project, by=mona, plan={"tasks": {"ranking": 2}}).runs.get()

    finish(run, completions=completions_for(run, same=True))

    assert Task.objects.count() == 0
    assert Round.objects.get().pending == {"ranking": {}}


def test_sft_reads_demonstrations_and_corrections_and_registers_a_model(
    runs: dict[str, Run], base: ModelVersion
) -> None:
    job = finish(runs["sft"], result={"loss": 1.0})

    assert [row["completion"] for row in rows_of(job.folder, "train")] == ["Six minutes."] * 3
    assert len(rows_of(job.folder, "heldout")) == 1
    made = ModelVersion.objects.get(job=runs["sft"].job)
    assert (made.kind, made.name, made.parent) == (ModelVersion.Kind.SFT, "SFT v1", base)


@pytest.mark.parametrize(
    ("takes_edits", "texts"), [(False, ["Mine."]), (True, ["Mended.", "Mine."])]
)
def test_what_is_edited_can_be_left_out_of_sft(
    first_round: Round, mona: User, takes_edits: bool, texts: list[str]
) -> None:
    for kind in ("demonstration", "demonstration", "correction"):
        make_annotation(make_task(first_round.project, kind))
    for text in ("Mended.", "Mine."):
        task = make_task(first_round.project, "ranking", texts=["x", "y"])
        first, *others = task.completion_ids
        original = first if text == "Mended." else None
        written = {"original": original, "text": text, "tied": False}
        body = {"tiers": [[first], others], "unacceptable": [], "written": written}
        make_annotation(task, body)
    recipe = {"sft": {"corrections_as_demonstrations": takes_edits}}
    (run,) = launch(round_=first_round, stages=["sft"], recipes=recipe, by=mona)

    _, folder, spec = start(run)

    assert isinstance(spec, SFTSpec)
    found = [row["completion"] for row in rows_of(folder, "train")]
    assert found == ["Six minutes."] * (3 if takes_edits else 2) + texts
    assert examples(run.recipe, Stock.of(first_round)) == len(found)


def test_the_chain_hands_its_models_on(runs: dict[str, Run], base: ModelVersion) -> None:
    finish(runs["sft"], result={"loss": 1.0, "dropped": {"too_long": [7]}})
    sft = ModelVersion.objects.get(kind="sft")
    assert (sft.name, sft.parent, sft.metrics) == ("SFT v1", base, {"loss": 1.0})

    _, folder, spec = start(runs["reward"])
    assert isinstance(spec, RewardSpec)
    assert spec.model.endswith(sft.uri)
    assert spec.frozen_layers == 2  # two thirds of three layers
    train = rows_of(folder, "train")
    assert [row["tiers"] for row in train] == [[[0], [1], [2], [3]]] * 2 + [[[0], [1]]]
    assert [len(row["completions"]) for row in rows_of(folder, "heldout")] == [3]
    assert len(rows_of(folder, "demonstrations")) == 3


@pytest.mark.parametrize("count", [0, 2])
def test_a_reward_model_is_scaled_on_what_the_model_writes_that_ppo_starts_from(
    runs: dict[str, Run], count: int
) -> None:
    finish(runs["sft"])
    run = runs["reward"]
    Run.objects.filter(pk=run.pk).update(recipe=run.recipe | {"scale_prompts": count})

    plan = run.round.plan | {"temperature": 0.7, "max_new_tokens": 9}
    Round.objects.filter(pk=run.round_id).update(plan=plan)

    _, folder, spec = start(run)

    assert len(rows_of(folder, "prompts")) == count
    assert isinstance(spec, RewardSpec)
    assert spec.reference == ""  # the round made an SFT model: PPO starts from that one
    assert (spec.temperature, spec.max_new_tokens) == ((0.7, 9) if count else (1.0, 128))


@pytest.mark.parametrize(("coefficient", "texts"), [(0.0, []), (2.0, ["Six minutes."] * 3)])
def test_ppo_gets_the_demonstrations_that_it_is_told_to_mix_in(
    runs: dict[str, Run], coefficient: float, texts: list[str]
) -> None:
    run = runs["ppo"]
    finish(runs["sft"])
    finish(runs["reward"])
    Run.objects.filter(pk=run.pk).update(recipe=run.recipe | {"ptx_coef": coefficient})

    _, folder, spec = start(run)

    assert [row["completion"] for row in rows_of(folder, "demonstrations")] == texts
    assert isinstance(spec, PPOSpec)
    assert spec.ptx_coef == coefficient


def test_ppo_mixes_in_the_corpus_that_its_run_names(runs: dict[str, Run], mona: User) -> None:
    run = runs["ppo"]
    finish(runs["sft"])
    finish(runs["reward"])
    texts = ["A fox.", "A hen."]
    corpus = storing.add(project=run.round.project, name="tales", texts=texts, by=mona)
    changed = {"ptx_coef": 27.8, "ptx_corpus": "tales", "ptx_tokens": 64}
    Run.objects.filter(pk=run.pk).update(recipe=run.recipe | changed, corpus=corpus)

    _, folder, spec = start(run)

    assert [row["text"] for row in rows_of(folder, "corpus")] == texts
    assert rows_of(folder, "demonstrations") == []
    assert isinstance(spec, PPOSpec)
    assert (spec.ptx_coef, spec.ptx_tokens) == (27.8, 64)


def test_ppo_starts_from_the_sft_model_with_the_reward_model_of_the_chain(
    runs: dict[str, Run],
) -> None:
    finish(runs["sft"])
    finish(runs["reward"], result={"accuracy": 0.7})

    _, folder, spec = start(runs["ppo"])

    assert isinstance(spec, PPOSpec)
    run = Run.objects.get(stage="ppo")
    assert (run.source.kind, run.reward_model.kind) == ("sft", "reward")
    assert spec.policy.endswith(run.source.uri)
    assert spec.reward_model.endswith(run.reward_model.uri)
    assert len(rows_of(folder, "prompts")) == 8 + 5  # the project's, and those of the labels
    assert len(rows_of(folder, "samples")) == 4


def test_only_managers_follow_the_events(runs: dict[str, Run], mona: User, ada: User) -> None:
    from jobs import handlers

    job = runs["sft"].job
    handler = handlers.get("sft")

    seen = [handler.may_see(job, user) for user in (mona, ada, make_user())]
    assert seen == [True, False, False]
