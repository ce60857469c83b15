"""Models that do not fit into memory together are read in turn, and say the same."""

import weakref
from dataclasses import replace
from typing import Any

import pytest

from tests.training.evaluate.setting import PROMPTS, run, samples_of, spec_of
from training import tiny
from training.artifacts import write_folder
from training.errors import BadInputError
from training.evaluate import models as module
from training.evaluate.models import Models, limits, room_for_models
from training.models import save_model
from training.tuning import parameters_in


@pytest.fixture
def size(tiny_folder) -> int:
    """Bytes of one in fp32."""
    return 4 * parameters_in(tiny_folder)


def test_as_many_as_there_is_room_for_stay_those_used_last(
    tiny_folder, other_folder, judge_folder, size
):
    models = Models(2.5 * size)
    first = models.policy(str(tiny_folder))
    assert models.policy(str(tiny_folder)) is first
    second = models.policy(str(other_folder))
    assert models.policy(str(tiny_folder)) is first

    models.judge(str(judge_folder))

    assert models.policy(str(tiny_folder)) is first
    assert models.policy(str(other_folder)) is not second


def test_what_has_to_go_is_gone_before_the_next_one_comes(
    tiny_folder, other_folder, size, monkeypatch
):
    models = Models(1.5 * size)
    left = weakref.ref(models.policy(str(tiny_folder))[0])
    load = module.load_policy
    held: list[bool] = []

    def watched(*given: Any, **how: Any) -> Any:
        held.append(left() is not None)
        return load(*given, **how)

    monkeypatch.setattr(module, "load_policy", watched)
    models.policy(str(other_folder))

    assert held == [False]


def test_a_model_that_is_larger_than_the_room_has_it_alone(tiny_folder):
    models = Models(0)

    assert models.policy(str(tiny_folder)) is models.policy(str(tiny_folder))


def test_an_evaluation_with_room_for_one_finds_what_one_with_room_for_all_finds(
    make_job, tiny_folder, other_folder, judge_folder, monkeypatch
):
    spec = spec_of(tiny_folder, other_folder, reward_model=str(judge_folder))
    judged = {"second_reward_model": str(judge_folder), "sft": str(other_folder)}
    spec = replace(spec, **judged, best_of=3, best_of_model=str(other_folder))
    all_at_once, in_turn = (make_job(spec, name, prompts=PROMPTS) for name in ("all", "turn"))
    expected = run(all_at_once)
    monkeypatch.setattr(module, "room_for_models", lambda: 0)

    assert run(in_turn) == expected
    for name in ("base", "other"):
        assert samples_of(in_turn, name) == samples_of(all_at_once, name)


def test_all_write_conversations_alike(tiny_folder, judge_folder, tmp_path):
    model, chat = tiny.make()
    chat.tokenizer.chat_template += "{# #}"
    write_folder(tmp_path / "other", lambda target: save_model(target, model, chat))
    models = Models()
    models.judge(str(judge_folder))

    with pytest.raises(BadInputError, match="chat template is not that of the others"):
        models.policy(str(tmp_path / "other"))


def test_a_container_has_less_than_its_machine(tmp_path, monkeypatch):
    whole = room_for_models()
    for name, text in {"none": "max\n", "some": "1000000\n"}.items():
        (tmp_path / name).write_text(text)
    files = [str(tmp_path / name) for name in ("none", "missing", "some")]
    monkeypatch.setattr(module, "LIMITS", files)

    assert limits() == [1_000_000]
    assert room_for_models() == 500_000 < whole
