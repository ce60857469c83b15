"""Models by API: their lineage, and which one serves."""

from django.utils.dateparse import parse_datetime

from registry import services as registry
from registry.models import ModelVersion
from tests.api.caller import Caller
from tests.factories import make_annotation, make_task, make_version
from tests.rounds.world import World


def part(version: ModelVersion) -> dict[str, object]:
    return {"id": version.pk, "name": version.name, "kind": version.kind}


def whole(version: ModelVersion, **more: object) -> dict[str, object]:
    return part(version) | {
        "number": version.number,
        "parent": part(version.parent) if version.parent else None,
        "parameters": version.parameters,
        "sha256": version.sha256,
        "source": "",
        "licence": "",
        "metrics": {},
        "serves": False,
        **more,
    }


def without_time(found: dict[str, object]) -> dict[str, object]:
    assert parse_datetime(str(found.pop("created_at")))
    return found


def test_models_are_listed_with_the_base_models(world: World, mona: Caller) -> None:
    make_version("policy", family=None)  # a base model of some kind is everybody's
    foreign = make_version("policy", family=registry.Family.objects.create(name="elsewhere"))
    found = [without_time(each) for each in mona.get("models")["items"]]

    rows = ModelVersion.objects.exclude(pk=foreign.pk).order_by("-pk")
    assert found == [whole(row, serves=row == world.policy) for row in rows]
    rewards = mona.get("models", kind="reward")["items"]
    assert [each["name"] for each in rewards] == ["reward v1"]
    assert mona("get", f"models/{foreign.pk}").status_code == 404


def test_a_model_knows_its_lineage(world: World, mona: Caller) -> None:
    sft, base = world.evaluation.reference, world.round.writer
    run = world.runs["ppo"]

    found = without_time(mona.get(f"models/{world.policy.pk}"))

    assert found == whole(world.policy, serves=True) | {
        "run": run.pk,
        "snapshot": run.snapshot_id,
        "ancestors": [part(sft), part(base)],
        "children": [],
        "rounds": [],
        "evaluations": [world.runs["evaluate"].pk],
        "said": "nobody",
    }
    found = mona.get(f"models/{base.pk}")
    assert (found["run"], found["snapshot"], found["rounds"]) == (None, None, [1])
    assert found["children"] == [part(sft)]


def test_a_label_knows_the_models_that_it_trained(world: World, mona: Caller) -> None:
    label = world.project.annotations.earliest("pk")
    newer = make_annotation(make_task(world.project))

    trained = mona.get(f"labels/{label.pk}/models")["items"]

    assert [model["name"] for model in trained] == ["sft v1", "reward v1", "policy v1"]
    assert mona.get(f"labels/{newer.pk}/models") == {"items": [], "next": None}
    assert mona("get", "labels/0/models").status_code == 404


def test_a_model_is_promoted_for_a_reason_and_rolled_back(world: World, mona: Caller) -> None:
    sft = world.evaluation.reference
    serving = {"name": "serving", "version": part(world.policy)}
    assert mona.get("aliases") == {"items": [serving], "next": None}

    refused = mona.post(f"models/{sft.pk}/promote", {}, status=422)
    assert refused["errors"][0]["field"] == "reason"
    promoted = mona.post(f"models/{sft.pk}/promote", {"reason": "It is shorter."}, status=200)
    back = mona.post("aliases/serving/rollback", {"reason": "It was better."}, status=200)

    usual = {"name": "serving", "changed_by": "Mona"}
    one = usual | {"previous": part(world.policy), "version": part(sft), "reason": "It is shorter."}
    two = usual | {"previous": part(sft), "version": part(world.policy), "reason": "It was better."}
    ids = [promoted.pop("id"), back.pop("id")]
    assert [without_time(promoted), without_time(back)] == [one, two]
    assert registry.serving(world.project.family) == world.policy
    changes = mona.get("aliases/serving/changes", limit=2)
    assert [change["id"] for change in changes["items"]] == ids[::-1]
    assert changes["next"] == str(ids[0])


def test_what_cannot_serve_is_not_promoted(world: World, mona: Caller) -> None:
    reward = world.evaluation.reward_model
    assert reward is not None
    refused = mona.post(f"models/{reward.pk}/promote", {"reason": "Why not?"}, status=409)
    assert refused["detail"] == "A reward model writes nothing, so it cannot serve."


def test_there_is_nothing_to_go_back_to_before_the_first(world: World, mona: Caller) -> None:
    world.project.family.alias_changes.all().delete()
    world.project.family.aliases.all().delete()

    assert mona.get("aliases")["items"] == []
    refused = mona.post("aliases/serving/rollback", {"reason": "Back."}, status=409)
    assert refused["detail"] == "No model served before: promote the one that shall serve."
