"""DPO beside reward model and PPO: what it reads and makes, and how it is proposed."""

import json
from pathlib import Path

import pytest

from accounts.models import User
from registry.models import ModelVersion
from registry.services import register_folder
from rounds.launching.launching import launch
from rounds.launching.preflight import check
from rounds.launching.proposing import suggested
from rounds.loop import loop_of
from rounds.models import Evaluation, Half, Round, Run
from rounds.stages import get
from rounds.stages.algorithms import algorithm_of, algorithms, among, title_of
from tests.factories import make_annotation, make_task, make_version
from tests.rounds.stages.test_choose import MODELS, python, work
from tests.rounds.views.asking import signed_in
from tests.rounds.worker import finish, rows_of, start, write_model
from tests.rounds.world import make_run
from training.dpo.spec import DPOSpec
from training.evaluate.spec import EvaluateSpec

LAUNCH = "/projects/kitchen/rounds/1/launch/"
CHAIN = ["sft", "dpo", "evaluate"]


@pytest.fixture
def base(db: None, tmp_path: Path) -> ModelVersion:
    """A base model with files."""
    return register_folder(folder=write_model(tmp_path / "base"), kind="base", name="base")


@pytest.fixture
def labeled(first_round: Round) -> Round:
    """A few labels of each kind, one ranking held out."""
    project = first_round.project
    held = project.prompts.filter(split="heldout").order_by("pk")
    for kind in ("demonstration", "demonstration", "ranking", "ranking", "correction"):
        make_annotation(make_task(project, kind))
    make_annotation(make_task(project, "ranking", prompt=held[0], k=3))
    return first_round


def launched(round_: Round, by: User, stages: list[str]) -> dict[str, Run]:
    return {r.stage: r for r in launch(round_=round_, stages=stages, recipes={}, by=by)}


def test_each_stage_that_makes_a_policy_is_a_way_with_what_it_needs(db: None) -> None:
    assert algorithms() == {"ppo": ["sft", "reward", "ppo", "evaluate"], "dpo": CHAIN}
    assert [title_of(name) for name in algorithms()] == ["Reward model + PPO", "DPO"]
    assert [among(stages) for stages in (["sft", "dpo"], ["sft"], ["evaluate", "ppo"])] == [
        "dpo",
        "",
        "ppo",
    ]


def test_it_learns_what_a_reward_model_would(labeled: Round, mona: User) -> None:
    Round.objects.update(plan={**labeled.plan, "temperature": 0.7, "max_new_tokens": 20})
    runs = launched(labeled, mona, CHAIN)
    finish(runs["sft"])
    sft = ModelVersion.objects.get(kind="sft")

    _, folder, spec = start(runs["dpo"])

    assert isinstance(spec, DPOSpec)
    assert spec.model.endswith(sft.uri)
    assert spec.frozen_layers == 0
    assert (spec.temperature, spec.max_new_tokens) == (0.7, 20)  # as what people ranked
    train = rows_of(folder, "train")
    assert [row["tiers"] for row in train] == [[[0], [1], [2], [3]]] * 2 + [[[0], [1]]]
    assert [len(row["completions"]) for row in rows_of(folder, "heldout")] == [3]
    assert len(rows_of(folder, "samples")) == 4


def test_evaluation_goes_on_from_its_policy_without_a_reward_model(
    labeled: Round, mona: User, base: ModelVersion
) -> None:
    runs = launched(labeled, mona, CHAIN)
    finish(runs["sft"])
    result = {"heldout": {"accuracy": 0.75, "pairs": 8, "rankings": 2}, "kl": 1.5, "pairs": 13}
    finish(runs["dpo"], result=result)

    _, _, spec = start(runs["evaluate"])

    policy = ModelVersion.objects.get(kind="policy")
    sft = ModelVersion.objects.get(kind="sft")
    assert isinstance(spec, EvaluateSpec)
    assert (policy.name, policy.parent) == ("policy v1", sft)
    assert sorted(spec.models) == sorted(str(one.pk) for one in (base, sft, policy))
    assert (spec.reference, spec.reward_model) == (spec.models[str(sft.pk)], "")
    run = Run.objects.with_parts().get(stage="dpo")
    assert get("dpo").headline(run) == "75% right on 8 held-out pairs"
    assert get("dpo").key_figures_of(result) == {"pairs": 13, "heldout_accuracy": 0.75, "kl": 1.5}


def test_it_starts_from_the_sft_model_in_every_round_else_from_the_base(
    first_round: Round, base: ModelVersion
) -> None:
    policy = make_version("policy", family=first_round.project.family, parent=base)
    first_round.writer = policy

    assert get("dpo").standing_source(first_round) == base
    sft = make_version("sft", family=first_round.project.family, parent=base)
    assert get("dpo").standing_source(first_round) == sft


def test_a_label_does_not_teach_both_it_and_the_second_reward_model(
    labeled: Round, mona: User
) -> None:
    stages = ["sft", "dpo", "second_reward", "evaluate"]
    make_annotation(make_task(labeled.project, "ranking"))
    halves = {name: get(name).half_in({get(other).makes for other in stages}) for name in stages}

    assert halves == {
        "sft": "",
        "dpo": Half.FIRST,
        "second_reward": Half.SECOND,
        "evaluate": "",
    }
    assert get("dpo").half_in({ModelVersion.Kind.SFT}) == ""


def test_preflight_says_what_it_lacks(first_round: Round) -> None:
    def said() -> list[tuple[str, str]]:
        found = check(first_round, ["dpo"]).stages[0].findings
        return [(line.level, line.text.split(":")[0].split(",")[0]) for line in found]

    assert said() == [
        ("missing", "0 labels with comparisons"),
        ("warning", "No held-out ranking"),
        ("warning", "No SFT model"),
    ]
    for _ in range(2):
        make_annotation(make_task(first_round.project, "ranking"))
    assert said()[0] == ("ok", "2 labels with comparisons")


def test_two_policies_in_a_chain_are_warned_of(labeled: Round) -> None:
    warned = "This makes 2 policies; only that of PPO is evaluated."

    def says(stages: list[str]) -> bool:
        return warned in [finding.text for finding in check(labeled, stages).general]

    assert says(["sft", "dpo", "reward", "ppo", "evaluate"])
    assert not says(["sft", "reward", "ppo", "evaluate"])


def test_its_estimate_grows_with_epochs(labeled: Round) -> None:
    def work_of(**recipe: int) -> float:
        return check(labeled, ["dpo"], {"dpo": recipe}).stages[0].work

    assert work_of(frozen_layers=0, epochs=2) == pytest.approx(
        work_of(frozen_layers=0, epochs=1) * (2 + 2 * 6) / (2 + 6)
    )


def test_the_page_ticks_the_stages_of_the_way_that_is_chosen(labeled: Round, mona: User) -> None:
    client = signed_in(mona)
    usual, direct, odd = (
        client.get(LAUNCH, asked).context["page"]
        for asked in ({}, {"algorithm": "dpo"}, {"algorithm": "none"})
    )

    assert (usual.algorithm, usual.stages) == ("ppo", ["sft", "reward", "ppo", "evaluate"])
    assert (direct.algorithm, direct.stages) == ("dpo", CHAIN)
    assert odd.stages == usual.stages
    text = client.get(LAUNCH, {"algorithm": "dpo", "preset": "instructgpt"}).content.decode()
    assert 'href="?algorithm=ppo&amp;preset=instructgpt"' in text
    assert 'href="?algorithm=dpo&amp;preset=cpu"' in text
    assert "The policy learns the rankings themselves" in text


def test_what_ran_last_is_proposed_and_shown(labeled: Round, mona: User) -> None:
    def shown(round_: Round) -> list[str]:
        return [box.key for box in loop_of(round_).stages]

    assert shown(labeled) == ["sft", "reward", "ppo", "evaluate"]
    for run in launched(labeled, mona, ["sft", "dpo"]).values():
        finish(run)

    assert shown(labeled) == CHAIN
    assert suggested(labeled) == ["evaluate"]
    assert suggested(labeled, "ppo") == ["reward", "ppo", "evaluate"]
    later = Round.objects.create(project=labeled.project, number=2, writer=labeled.writer)
    assert (algorithm_of(later), shown(later)) == ("dpo", CHAIN)
    assert suggested(later) == ["dpo", "evaluate"]  # the SFT model is there


def test_what_was_evaluated_is_evaluated_again_with_another_policy(labeled: Round) -> None:
    for name in ("sft", "reward", "ppo", "evaluate"):
        run = make_run(labeled, name)
        if kind := get(name).makes:
            make_version(kind, family=labeled.project.family, job=run.job, name=name)

    assert suggested(labeled, "dpo") == ["dpo", "evaluate"]


@pytest.mark.slow
def test_a_policy_is_made_evaluated_and_promoted_over_http(
    first_round: Round, base: ModelVersion, mona: User, tmp_path: Path
) -> None:
    """With the real trainers, on the tiny model."""
    python("-c", MODELS, tmp_path / "made")
    tiny = register_folder(folder=tmp_path / "made" / "base", kind="base", name="tiny")
    Round.objects.update(writer=tiny)
    project = first_round.project
    held = project.prompts.filter(split="heldout").order_by("pk")
    for _ in range(6):
        make_annotation(make_task(project, "ranking"))
    make_annotation(make_task(project, "ranking", prompt=held[0]))
    client = signed_in(mona)
    form = {"stages": ["dpo", "evaluate"]}
    for name in form["stages"]:
        for setting in get(name).settings:
            if setting.cpu is not False:
                form[f"{name}-{setting.name}"] = "on" if setting.cpu is True else str(setting.cpu)
    small = {"epochs": 1, "batch_size": 2, "frozen_layers": 1}
    small |= {"max_new_tokens": 8, "learning_rate": 0.001}
    form |= {f"dpo-{name}": str(value) for name, value in small.items()}
    form |= {"evaluate-prompts": "4", "evaluate-max_new_tokens": "8"}

    answer = client.post(LAUNCH, form)

    assert answer.status_code == 302, answer.content.decode()
    dpo, evaluate = Run.objects.order_by("pk")
    job, folder = work(dpo)
    assert job.state == "succeeded"
    assert (job.result["rankings"], job.result["steps"]) == (6, 3)
    told = [json.loads(line) for line in (folder / "events.jsonl").read_text().splitlines()]
    phases = [event["data"]["phase"] for event in told if event["kind"] == "progress"]
    assert list(dict.fromkeys(phases)) == ["reference", "train", "measure"]
    policy = ModelVersion.objects.get(job=job)
    assert (policy.kind, policy.parent) == ("policy", tiny)
    page = client.get(f"/runs/{dpo.pk}/").content.decode()
    assert "Worth of the better texts" in page
    page = client.get(f"/projects/kitchen/models/{policy.pk}/").content.decode()
    assert "KL from the start, nats per completion" in page
    done, _ = work(evaluate)
    assert done.state == "succeeded"
    evaluation = Evaluation.objects.get()
    assert (evaluation.before, evaluation.after, evaluation.reference) == (tiny, policy, tiny)
    assert client.get(f"/runs/{evaluate.pk}/evaluation/").status_code == 200
    client.post(f"/projects/kitchen/models/{policy.pk}/promote/", {"reason": "Tried."})
    page = client.get("/projects/kitchen/rounds/1/").content.decode()
    assert "serving: policy v1" in page
