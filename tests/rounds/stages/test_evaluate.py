"""What evaluation reads and what comes of it."""

from jobs.models import Job
from registry.models import ModelVersion
from rounds.evaluation.outcome import compare
from rounds.models import Evaluation, EvaluationSample, Round, Run
from rounds.stages import get
from tests.rounds.worker import finish, rows_of, start
from training.evaluate.spec import EvaluateSpec


def test_evaluation_compares_before_and_after_on_heldout_prompts(
    runs: dict[str, Run], base: ModelVersion
) -> None:
    for stage in ("sft", "reward", "ppo"):
        finish(runs[stage])
    policy = ModelVersion.objects.get(kind="policy")
    sft = ModelVersion.objects.get(kind="sft")
    prompt = policy.family.project.prompts.filter(split="heldout")[0]
    samples = [
        {
            "model": str(version.pk),
            "prompt_id": prompt.pk,
            "text": f"by {version.name}",
            "tokens": 3,
            "finish_reason": "stop",
            "reward": 1.0 if version == policy else 0.0,
            "kl": 0.5,
        }
        for version in (base, sft, policy)
    ]
    numbers = {str(v.pk): {"reward": 0.0} for v in (base, sft, policy)}

    best = [row | {"reward": reward} for reward in (0.0, 2.0) for row in samples[1:2]]

    finish(
        runs["evaluate"],
        result={"models": numbers, "reward_model": {}, "best_of": {"reward": 2.0}},
        samples=samples,
        best_of=best,
    )

    evaluation = Evaluation.objects.get()
    assert (evaluation.before, evaluation.after, evaluation.reference) == (base, policy, sft)
    assert EvaluationSample.objects.count() == 3
    wins = evaluation.metrics["wins"]
    assert (wins["value"], wins["n"], wins["high"]) == (1.0, 1, 1.0)
    against = evaluation.metrics["against"]
    assert (against["version"], against["texts"]) == (sft.pk, 2)
    assert (against["plain"]["value"], against["best"]["value"]) == (0.5, 0.0)
    rivals = [(rival.sft, rival.texts, rival.wins.value) for rival in compare(evaluation).rivals]
    assert rivals == [(sft.name, 1, 0.5), (sft.name, 2, 0.0)]
    headline = get("evaluate").headline(runs["evaluate"])
    assert headline == "reward model prefers it: 100% (21% to 100%) of 1 prompts"
    assert Round.objects.get().state == Round.State.EVALUATED
    assert policy.parent == sft
    assert not Job.objects.exclude(state="succeeded").exists()


def test_evaluation_spec_names_each_model_once(runs: dict[str, Run], base: ModelVersion) -> None:
    for stage in ("sft", "reward", "ppo"):
        finish(runs[stage])

    _, folder, spec = start(runs["evaluate"])

    assert isinstance(spec, EvaluateSpec)
    assert spec.sft == ""  # it is the reference
    assert (spec.best_of, spec.best_of_model) == (4, spec.reference)
    assert list(spec.writers) == [*spec.models, "best_of"]
    ids = ModelVersion.objects.exclude(kind="reward").values_list("pk", flat=True)
    assert sorted(spec.models) == sorted(str(pk) for pk in ids)
    assert {row["prompt_id"] for row in rows_of(folder, "prompts")} == set(
        runs["sft"].round.project.prompts.filter(split="heldout").values_list("pk", flat=True)
    )
    assert len(rows_of(folder, "rankings")) == 1
