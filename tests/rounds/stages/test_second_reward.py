"""A second reward model learns from the labels that the first has not seen, and judges apart."""

from pathlib import Path

import pytest

from accounts.models import User
from core.errors import NotEnoughDataError
from labeling.models import Prompt
from registry.models import ModelVersion
from registry.services import register_folder
from rounds.halves import in_half
from rounds.launching.launching import launch
from rounds.launching.preflight import check
from rounds.launching.proposing import suggested
from rounds.loop import loop_of
from rounds.models import Evaluation, Half, Round, Run
from tests.factories import make_annotation, make_prompt, make_task
from tests.rounds.views.asking import signed_in
from tests.rounds.worker import finish, rows_of, start, write_model
from training.evaluate.spec import EvaluateSpec
from training.reward.spec import RewardSpec

CHAIN = ["sft", "reward", "second_reward", "ppo", "evaluate"]


@pytest.fixture
def base(db: None, tmp_path: Path) -> ModelVersion:
    """A base model with files."""
    return register_folder(folder=write_model(tmp_path / "base"), kind="base", name="base")


@pytest.fixture
def labeled(first_round: Round) -> Round:
    """A ranking of each of 28 prompts, eight of the project's own among them, and two texts."""
    project = first_round.project
    for number in range(20):
        make_prompt(project, f"Another question {number}?")
    for prompt in project.prompts.filter(split="train"):
        make_annotation(make_task(project, "ranking", prompt=prompt))
    held = project.prompts.filter(split="heldout")[0]
    make_annotation(make_task(project, "ranking", prompt=held))
    for _ in range(2):
        make_annotation(make_task(project, "demonstration"))
    return first_round


def launched(round_: Round, by: User, stages: list[str]) -> dict[str, Run]:
    return {r.stage: r for r in launch(round_=round_, stages=stages, recipes={}, by=by)}


def learned(run: Run) -> set[int]:
    """The prompts that it learns from; the held-out ranking is measured on in any case."""
    _job, folder, spec = start(run)
    assert isinstance(spec, RewardSpec)
    assert len(rows_of(folder, "heldout")) == 1
    return {row["prompt_id"] for row in rows_of(folder, "train")}


def test_no_label_teaches_both_reward_models(labeled: Round, mona: User) -> None:
    runs = launched(labeled, mona, CHAIN)
    finish(runs["sft"])

    trained = [finish(runs[name]) for name in ("reward", "second_reward")]
    first, second = ({row["prompt_id"] for row in rows_of(j.folder, "train")} for j in trained)

    assert len(first) > 5
    assert len(second) > 5
    assert not first & second
    assert first | second == set(
        labeled.project.prompts.filter(split="train", tasks__kind="ranking").values_list(
            "pk", flat=True
        )
    )
    assert [runs[name].half for name in CHAIN] == ["", Half.FIRST, Half.SECOND, "", ""]


def test_alone_the_reward_model_learns_from_all(labeled: Round, mona: User) -> None:
    runs = launched(labeled, mona, ["sft", "reward"])
    finish(runs["sft"])

    assert len(learned(runs["reward"])) == 28


def test_what_belongs_together_is_in_one_half(labeled: Round) -> None:
    project = labeled.project
    project.prompts.filter(pk__in=project.prompts.values("pk")[:9]).update(group_name="a")
    ask = [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Hi."}]
    turns = [
        Prompt.objects.create(
            project=project, messages=[*ask, {"role": "user", "content": f"And {n}?"}]
        )
        for n in range(9)
    ]

    halves = [project.prompts.filter(in_half(half), split="train") for half in Half.values]

    assert sum(half.count() for half in halves) == 39  # two of them for the texts
    for together in (project.prompts.filter(group_name="a", split="train"), turns):
        keys = [prompt.pk for prompt in together]
        assert sorted(half.filter(pk__in=keys).count() for half in halves) == [0, len(keys)]


def test_preflight_counts_each_half(labeled: Round) -> None:
    found = check(labeled, CHAIN)

    said = {c.stage.name: c.findings for c in found.stages}
    counts = [int(said[name][0].text.split()[0]) for name in ("reward", "second_reward")]
    assert sum(counts) == 28
    assert min(counts) > 5
    for name in ("reward", "second_reward"):
        assert "the other half teaches another, and no label both" in said[name][1].text
    assert not found.missing


def test_a_reward_model_that_saw_all_labels_is_no_other_half(labeled: Round, mona: User) -> None:
    runs = launched(labeled, mona, ["sft", "reward"])
    finish(runs["sft"])
    finish(runs["reward"])

    with pytest.raises(NotEnoughDataError, match="reward model v1 has learned from all labels"):
        launch(round_=labeled, stages=["second_reward"], recipes={}, by=mona)

    for run in launched(labeled, mona, ["reward", "second_reward"]).values():
        finish(run)
    alone = check(labeled, ["reward"]).stages[0].findings
    assert "no judge of its own any more" in alone[1].text
    launch(round_=labeled, stages=["second_reward"], recipes={}, by=mona)


def test_it_is_proposed_and_shown_only_where_it_is_used(labeled: Round, mona: User) -> None:
    assert "second_reward" not in suggested(labeled)
    assert "second_reward" not in [box.key for box in loop_of(labeled).boxes]

    for run in launched(labeled, mona, ["sft", "reward", "second_reward"]).values():
        finish(run)

    assert "second_reward" in [box.key for box in loop_of(labeled).boxes]
    later = Round.objects.create(project=labeled.project, number=2, writer=labeled.writer)
    assert suggested(later) == ["reward", "second_reward", "ppo", "evaluate"]
    made = ModelVersion.objects.get(kind="second")
    assert (made.name, made.writes) == ("second reward model v1", False)


def evaluated(runs: dict[str, Run]) -> Evaluation:
    """The chain, done: the first reward model likes the policy, the second does not."""
    for stage in CHAIN[:-1]:
        if stage in runs:
            finish(runs[stage], result={"rankings": 14, "pairs": 84})
    policy = ModelVersion.objects.get(kind="policy")
    prompts = policy.family.project.prompts.filter(split="heldout")
    compared = [runs["evaluate"].round.writer, policy]
    samples = [
        {
            "model": str(version.pk),
            "prompt_id": prompt.pk,
            "text": f"by {version.name}",
            "tokens": 3,
            "finish_reason": "stop",
            "reward": float(version == policy),
            "second_reward": -float(version == policy) if "second_reward" in runs else None,
            "kl": 0.5,
        }
        for version in compared
        for prompt in prompts
    ]
    numbers = {"kl": 2.5, "kl_sft": None, "length": 3.0, "samples": len(prompts)}
    result = {"models": {str(v.pk): numbers for v in compared}}
    finish(runs["evaluate"], result=result, samples=samples)
    return Evaluation.objects.get()


def page_of(evaluation: Evaluation, mona: User, page: str = "") -> str:
    slug = evaluation.run.round.project.slug
    answer = signed_in(mona).get(f"/projects/{slug}/models/{evaluation.after_id}/{page}")
    return " ".join(answer.content.decode().split())


def test_it_judges_the_same_texts_and_both_pages_say_what_that_means(
    labeled: Round, mona: User
) -> None:
    found = evaluated(launched(labeled, mona, CHAIN))

    second = ModelVersion.objects.get(kind="second")
    assert found.second_reward_model == second
    assert (found.metrics["wins"]["value"], found.metrics["second_wins"]["value"]) == (1.0, 0.0)
    for page in ("", "promote/"):
        text = page_of(found, mona, page)
        assert "second reward model v1 prefers it to base on 0.0 % (0.0 % to" in text
        assert "of 4 held-out prompts. It learned from 14 labels (84 comparisons)." in text
        assert "No reward model that this line was trained on has seen labels of its" in text
        assert "the second does not clearly: PPO may have learned to please the first" in text
        assert "by what both wrote for 4 held-out prompts" in text
        assert "<dd>2.50</dd>" in text  # from the SFT model, which is the reference
    evaluation = signed_in(mona).get(f"/runs/{found.run_id}/evaluation/").content.decode()
    assert "Reward by second reward model v1" in evaluation


def test_a_policy_that_pleased_one_that_saw_all_labels_is_not_judged_apart(
    labeled: Round, mona: User
) -> None:
    found = evaluated(launched(labeled, mona, CHAIN))
    Run.objects.filter(stage="reward").update(half="")

    text = page_of(found, mona)

    assert "this model's line was trained on reward model v1, which learned" in text
    assert "No reward model that this line" not in text


def test_without_one_the_pages_say_how_to_get_it(labeled: Round, mona: User) -> None:
    runs = launched(labeled, mona, [stage for stage in CHAIN if stage != "second_reward"])
    found = evaluated(runs)

    assert found.second_reward_model is None
    assert "Tick “Second reward model” when you launch training" in page_of(found, mona)


def test_the_evaluation_loads_both(labeled: Round, mona: User) -> None:
    runs = launched(labeled, mona, CHAIN)
    for stage in CHAIN[:-1]:
        finish(runs[stage])

    _job, _folder, spec = start(runs["evaluate"])

    assert isinstance(spec, EvaluateSpec)
    uris = ModelVersion.objects.filter(kind__in=["reward", "second"]).order_by("kind")
    loaded = [spec.reward_model, spec.second_reward_model]
    assert [path.endswith(v.uri) for path, v in zip(loaded, uris, strict=True)] == [True, True]
