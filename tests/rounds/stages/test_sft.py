"""SFT's epoch by a reward model's score: offered, refused, and handed to the trainer."""

import pytest

from accounts.models import User
from core.errors import BadInputError, NotEnoughDataError
from registry.models import ModelVersion
from registry.services import register_folder
from rounds import stages
from rounds.launching.launching import launch
from rounds.launching.preflight import check
from rounds.launching.recipes import clean, defaults
from rounds.models import Round, Run
from rounds.stages import launchable
from rounds.stages.findings import Limits, Look, Stock
from tests.factories import make_annotation, make_prompt, make_task, make_version
from tests.rounds.views.asking import signed_in
from tests.rounds.worker import rows_of, start, write_model
from training.sft.spec import SFTSpec

BY_REWARD = {"sft": {"kept": "reward", "score_prompts": 5, "max_new_tokens": 9}}


@pytest.fixture
def labeled(first_round: Round) -> Round:
    """Demonstrations to train on, and one held out."""
    held = make_prompt(first_round.project, split="heldout")
    make_annotation(make_task(first_round.project, prompt=held))
    for kind in ("demonstration", "demonstration", "ranking", "ranking"):
        make_annotation(make_task(first_round.project, kind))
    return first_round


def findings_of(round_: Round) -> list[tuple[str, str]]:
    [found] = check(round_, ["sft"], BY_REWARD).stages
    return [(finding.level, finding.text) for finding in found.findings]


def test_a_chain_is_refused_by_its_field_before_there_is_a_reward_model(
    labeled: Round, mona: User
) -> None:
    """Though it trains one: that comes after SFT."""
    with pytest.raises(BadInputError) as caught:
        launch(round_=labeled, stages=["sft", "reward"], recipes=BY_REWARD, by=mona)

    text = (
        "There is no reward model yet, and one of this chain comes after SFT: choose by the loss "
        "on held-out demonstrations."
    )
    assert caught.value.errors == {"sft-kept": text}
    assert Run.objects.count() == 0


def test_the_newest_reward_model_scores_and_the_chain_makes_another(
    labeled: Round, mona: User, tmp_path
) -> None:
    family = labeled.project.family
    make_version("reward", family=family)
    folder = write_model(tmp_path / "reward", mark="r")
    judge = register_folder(folder=folder, kind="reward", name="r", family=family)

    sft, reward = launch(round_=labeled, stages=["sft", "reward"], recipes=BY_REWARD, by=mona)

    assert (sft.reward_model, reward.reward_model) == (judge, None)
    _, folder, spec = start(sft)
    assert isinstance(spec, SFTSpec)
    assert spec.reward_model.endswith(judge.uri)
    assert (spec.kept, spec.score_prompts, spec.max_new_tokens) == ("reward", 5, 9)
    assert len(rows_of(folder, "heldout")) == 1


def test_a_run_by_the_loss_names_no_reward_model(labeled: Round, mona: User) -> None:
    make_version("reward", family=labeled.project.family)

    (run,) = launch(round_=labeled, stages=["sft"], recipes={}, by=mona)

    assert run.reward_model is None
    _, _, spec = start(run)
    assert isinstance(spec, SFTSpec)
    assert (spec.kept, spec.reward_model) == ("best", "")


def test_texts_are_written_as_those_that_people_ranked(labeled: Round, mona: User) -> None:
    make_version("reward", family=labeled.project.family)
    labeled.plan |= {"temperature": 0.7, "max_new_tokens": 32}
    labeled.save()

    (run,) = launch(round_=labeled, stages=["sft"], recipes={"sft": {"kept": "reward"}}, by=mona)

    assert (run.recipe["temperature"], run.recipe["max_new_tokens"]) == (0.7, 32)


def test_preflight_says_what_scores_and_on_what(labeled: Round) -> None:
    """That there is nothing is said beside the setting."""
    asked = ("ok", "1 held-out demonstration, whose prompt is answered after each epoch")
    learned = ("ok", "2 demonstrations to train on")
    assert findings_of(labeled) == [learned, asked]
    judge = make_version("reward", family=labeled.project.family, name="judge")
    assert findings_of(labeled) == [learned, asked, ("ok", "Scores with judge")]

    ModelVersion.objects.filter(pk=judge.pk).update(metrics={"useless": True})
    [*_, (level, text)] = findings_of(labeled)
    assert (level, text.partition(":")[0]) == ("warning", "judge has learned next to nothing")

    labeled.project.prompts.update(split="train")
    [_, (level, text), _] = findings_of(labeled)
    assert (level, text.partition(",")[0]) == ("missing", "0 held-out demonstrations")


def test_a_reward_model_of_other_conversations_cannot_choose(labeled: Round, mona: User) -> None:
    judge = make_version("reward", family=labeled.project.family, name="judge")
    ModelVersion.objects.filter(pk=judge.pk).update(template_hash="a")
    ModelVersion.objects.filter(pk=labeled.writer_id).update(template_hash="b")
    labeled.writer.refresh_from_db()

    with pytest.raises(NotEnoughDataError, match="judge reads conversations written otherwise"):
        launch(round_=labeled, stages=["sft"], recipes=BY_REWARD, by=mona)


def test_the_settings_of_texts_count_only_where_they_are_scored() -> None:
    limits = Limits(context=1024)
    text = {"max_new_tokens": 1024}
    assert clean("sft", text, limits=limits)
    with pytest.raises(BadInputError) as caught:
        clean("sft", text | {"kept": "reward"}, limits=limits)
    assert list(caught.value.errors) == ["sft-max_new_tokens"]


def test_scoring_is_work(first_round: Round) -> None:
    stock = Stock(
        labels={"train": {}, "heldout": {}},
        teaching={
            "demonstrations": {"train": {"demonstration": (100, 0)}, "heldout": {"x": (10, 0)}},
            "edited": {"train": {}, "heldout": {}},
        },
        prompts={"train": 400, "heldout": 100},
    )

    def operations(**values: object) -> float:
        look = Look(
            round=first_round,
            made=frozenset(),
            recipe={**defaults("sft"), **values},
            stock=stock,
            source=first_round.writer,
        )
        return stages.get("sft").operations(look)

    few, more, all_ = (operations(kept="reward", score_prompts=n) for n in (5, 10, 20))
    assert operations() < few < more == all_
    assert (more - operations()) == pytest.approx(2 * (few - operations()))


def test_sft_still_comes_before_the_reward_model_and_needs_none() -> None:
    order = list(launchable())
    assert order.index("sft") < order.index("reward")
    assert stages.get("sft").needs == ()
    assert [stages.get("sft").is_scored({"kept": kept}) for kept in ("best", "reward", "last")] == [
        False,
        True,
        False,
    ]


def test_the_launch_page_refuses_it_beside_its_field_and_then_takes_it(
    labeled: Round, mona: User
) -> None:
    mona.language = "zh-hans"
    mona.save()
    client = signed_in(mona)
    address = f"/projects/kitchen/rounds/{labeled.number}/launch/"
    form = {"stages": ["sft"], "sft-batch_size": "2"}
    for name, value in {**defaults("sft", examples=2), "kept": "reward"}.items():
        form[f"sft-{name}"] = "on" if value is True else str(value)
    page = client.get(address).content.decode()
    assert '<option value="reward">奖励最高的一轮</option>' in page

    refused = client.post(address, form)

    assert refused.status_code == 422
    assert 'id="id_sft-kept_error"' in refused.content.decode()
    assert "还没有奖励模型" in refused.content.decode()
    judge = make_version("reward", family=labeled.project.family)
    assert client.post(address, form).status_code == 302
    assert Run.objects.get().reward_model == judge
