"""Evaluations, model versions and which of them serves."""

from accounts.models import AuditEntry
from registry.models import Alias, AliasChange
from tests.rounds.views.asking import signed_in
from tests.rounds.world import World

WHY = {"reason": "Its answers are shorter."}


def test_the_evaluation_sorts_by_the_largest_change_worst_first(world: World) -> None:
    page = signed_in(world.mona).get(f"/runs/{world.runs['evaluate'].pk}/evaluation/")

    changes = [pair.change for pair in page.context["outcome"].pairs]
    assert changes == [-3.0, -2.0, -1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]
    share = page.context["outcome"].wins
    assert (share.n, share.value) == (12, 8.5 / 12)


def test_second_texts_are_compared_with_second_texts_and_count_no_prompt_twice(
    world: World,
) -> None:
    for version, reward in ((world.round.writer, 1.0), (world.policy, -9.0)):
        found = world.evaluation.samples.filter(model_version=version).order_by("pk")
        first = found[0]
        first.pk, first.reward = None, reward
        first.save()

    page = signed_in(world.mona).get(f"/runs/{world.runs['evaluate'].pk}/evaluation/")

    outcome = page.context["outcome"]
    assert [pair.change for pair in outcome.pairs][:3] == [-10.0, -3.0, -2.0]
    # The prompt of the second texts was lost already, and is lost once.
    assert (outcome.prompts, outcome.wins.n, outcome.wins.value) == (12, 12, 8.5 / 12)


def test_promoting_and_returning(world: World) -> None:
    client = signed_in(world.mona)
    base = world.round.writer

    client.post(f"/projects/kitchen/models/{base.pk}/promote/", WHY)
    assert Alias.objects.get().version == base
    page = client.get("/projects/kitchen/models/").content.decode()
    assert f"Return to {world.policy.name}" in page

    client.post(f"/projects/kitchen/models/{world.policy.pk}/promote/", WHY)
    assert Alias.objects.get().version == world.policy


def test_the_first_promotion_can_be_taken_back_with_one_click(world: World) -> None:
    client, base = signed_in(world.mona), world.round.writer
    Alias.objects.all().delete()
    AliasChange.objects.all().delete()
    AuditEntry.objects.all().delete()

    client.post(f"/projects/kitchen/models/{world.policy.pk}/promote/", WHY)

    assert f"Return to {base.name}" in client.get("/projects/kitchen/models/").content.decode()
    assert AuditEntry.objects.filter(action="model.promoted").count() == 1


def test_a_reward_models_card_shows_how_it_did_on_heldout_rankings(world: World) -> None:
    reward = world.evaluation.reward_model
    reward.metrics = {"rankings": 4, "heldout": {"accuracy": 0.71875, "pairs": 32}}
    reward.save()

    page = signed_in(world.mona).get(f"/projects/kitchen/models/{reward.pk}/")

    assert dict(page.context["scores"]) == {
        "Rankings": 4,
        "Held-out pairs in the right order": 0.71875,
        "Held-out pairs": 32,
    }


def test_a_reward_model_cannot_serve(world: World) -> None:
    from registry.models import ModelVersion

    reward = ModelVersion.objects.get(kind="reward")

    answer = signed_in(world.mona).post(f"/projects/kitchen/models/{reward.pk}/promote/")

    assert answer.status_code == 409


def test_a_model_says_where_its_folder_is(world: World, settings) -> None:  # type: ignore[no-untyped-def]
    page = signed_in(world.mona).get(f"/projects/kitchen/models/{world.policy.pk}/")

    assert f"<code>{settings.ARTIFACTS / world.policy.uri}</code>" in page.content.decode()


def test_a_label_shows_the_texts_under_the_letters_of_its_order(world: World) -> None:
    label = world.project.annotations.get(kind="ranking")
    first = label.task.completions.get(pk=label.shown_order[0])

    page = signed_in(world.mona).get(f"/projects/kitchen/labels/{label.pk}/").content.decode()

    assert "A > B" in page.replace("&gt;", ">")
    shown = page.partition("<kbd>A</kbd>")[2].partition("<kbd>B</kbd>")[0]
    assert first.text in shown
