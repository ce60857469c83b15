from rehearsal.recipe import RECIPES, weighed
from rounds import stages
from rounds.launching.recipes import clean


def test_dpo_plays_on_the_same_labels_without_a_reward_model() -> None:
    for model in ("tiny", "smollm2"):
        usual, direct = RECIPES["ppo"][model], RECIPES["dpo"][model]
        assert [list(one.first) for one in (usual, direct)] == [
            ["sft", "reward", "ppo", "evaluate"],
            ["sft", "dpo", "evaluate"],
        ]
        assert list(direct.later) == ["dpo", "evaluate"]
        assert (direct.plan, direct.rankings) == (usual.plan, usual.rankings)
        assert direct.first["evaluate"] == usual.first["evaluate"]
        assert direct.first["dpo"]["temperature"] == usual.plan["temperature"]


def test_every_recipe_can_be_launched() -> None:
    for recipes in RECIPES.values():
        for rehearsal in recipes.values():
            for name, values in (*rehearsal.first.items(), *rehearsal.later.items()):
                assert stages.get(name).name == name
                clean(name, values)


def test_labels_are_weighed_where_rankings_are_learned() -> None:
    for algorithm, name in (("ppo", "reward"), ("dpo", "dpo")):
        settings = weighed(RECIPES[algorithm]["tiny"].first, True)
        assert [stage for stage, values in settings.items() if values.get("weighing")] == [name]
