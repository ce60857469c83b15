"""Evaluations by API, and what the models wrote in them."""

from rounds.models import EvaluationSample
from tests.api.caller import Caller
from tests.rounds.world import World


def evaluation_of(world: World) -> dict[str, object]:
    run, sft = world.runs["evaluate"], world.evaluation.reference
    reward = world.evaluation.reward_model
    assert reward is not None
    return {
        "run": run.pk,
        "round": 1,
        "before": {"id": world.evaluation.before_id, "name": "base", "kind": "base"},
        "after": {"id": world.policy.pk, "name": "policy v1", "kind": "policy"},
        "reference": {"id": sft.pk, "name": "sft v1", "kind": "sft"},
        "reward_model": {"id": reward.pk, "name": "reward v1", "kind": "reward"},
        "second_reward_model": None,
        "metrics": world.evaluation.metrics,
    }


def test_evaluations_are_listed(world: World, mona: Caller) -> None:
    assert mona.get("evaluations") == {"items": [evaluation_of(world)], "next": None}


def test_an_evaluation_says_whether_the_new_model_is_better(world: World, mona: Caller) -> None:
    found = mona.get(f"runs/{world.runs['evaluate'].pk}/evaluation")

    wins, change = found.pop("wins"), found.pop("change")
    assert found == evaluation_of(world) | {
        "verdict": "unclear",
        "prompts": 12,
        "second_wins": None,
        "is_own_judge": False,
    }
    assert (round(wins["value"], 3), wins["n"]) == (round(8.5 / 12, 3), 12)
    assert (change["value"], change["n"]) == (2.5, 12)
    assert mona("get", f"runs/{world.runs['sft'].pk}/evaluation").status_code == 404


def test_samples_come_in_pages(world: World, mona: Caller) -> None:
    path = f"runs/{world.runs['evaluate'].pk}/samples"
    first = mona.get(path, limit=20)
    rest = mona.get(path, limit=20, cursor=first["next"])

    found = [*first["items"], *rest["items"]]
    rows = EvaluationSample.objects.order_by("pk")
    assert found == [
        {
            "id": row.pk,
            "prompt": row.prompt_id,
            "model": row.model_version_id,
            "text": row.text,
            "tokens": 5,
            "finish_reason": "stop",
            "reward": row.reward,
            "second_reward": None,
            "kl": None,
        }
        for row in rows
    ]
    assert (len(found), rest["next"]) == (24, None)
    of_policy = mona.get(path, model=world.policy.pk)["items"]
    assert {sample["model"] for sample in of_policy} == {world.policy.pk}
    assert len(of_policy) == 12
