"""A server samples where it serves the model, and only if it is found to be the model."""

import pytest
import torch

from tests.training.conftest import ask
from tests.training.sampling.stand_in import served
from training import tiny
from training.errors import BadInputError
from training.models import load_policy
from training.sampling import Request, Sampling, engine_of, sample, server
from training.sampling.engines import Here, There

SAMPLING = Sampling(max_new_tokens=24)


@pytest.fixture(scope="module")
def policy(tiny_folder):
    return load_policy(tiny_folder)


@pytest.fixture(autouse=True)
def in_no_time(monkeypatch):
    monkeypatch.setattr(server, "AGAIN", (0, 0))
    monkeypatch.setattr(server, "RESTART", ())


@pytest.fixture
def engine(policy, tiny_folder, monkeypatch):
    """engine(stand_in): who samples where that is named."""
    model, chat = policy

    def find(stand_in, *, key=""):
        monkeypatch.setenv("RONDO_ENGINE_URL", stand_in.url if stand_in else "")
        monkeypatch.setenv("RONDO_ENGINE_KEY", key)
        prompts = [chat.prompt(ask(text)) for text in ("Hi", "Why?", "列出三个想法。")]
        return engine_of(str(tiny_folder), model, chat, prompts=prompts, log=said.append)

    said = find.said = []
    return find


def requests_of(chat):
    return [Request(chat.prompt(ask("word " * n)), [10 * n, 10 * n + 1]) for n in range(5)]


@pytest.mark.parametrize("named", ["path", "name", "root"])
def test_a_server_of_the_model_samples_with_the_runs_seeds(policy, tiny_folder, engine, named):
    model, chat = policy
    names = {
        "path": {"id": str(tiny_folder)},
        "name": {"id": tiny_folder.name},
        "root": {"id": "serving", "root": str(tiny_folder)},
    }
    with served(model, chat, {"id": "other"}, names[named], key="wise") as stand_in:
        found = engine(stand_in, key="wise")
        told = {}
        checked = len(stand_in.asked)
        samples = found.sample(requests_of(chat), sampling=SAMPLING, on_done=told.update)

    assert isinstance(found, There)
    assert checked == 3
    assert {body["model"] for body in stand_in.asked} == {names[named]["id"]}
    assert told == dict(enumerate(samples))
    ours = sample(model, requests_of(chat), sampling=SAMPLING, chat=chat)
    assert [[(one.ids, one.finished) for one in some] for some in samples] == [
        [(one.ids, one.finished) for one in some] for some in ours
    ]
    for some, expected in zip(samples, ours, strict=True):
        for one, own in zip(some, expected, strict=True):
            assert one.logprobs == pytest.approx(own.logprobs, abs=1e-4)
    assert "samples, 0.0000 nats a token from the model here" in engine.said[0]


def test_what_it_does_not_serve_is_sampled_here(policy, tiny_folder, engine):
    with served(*policy, {"id": "other"}) as stand_in:
        found = engine(stand_in)

    assert isinstance(found, Here)
    assert engine.said == [
        f"the engine at {stand_in.url} does not serve {tiny_folder}: sampling here"
    ]
    assert isinstance(engine(None), Here)


def test_other_weights_of_the_same_name_are_refused(policy, tiny_folder, engine):
    other = tiny.make(seed=1)
    with (
        served(*other, {"id": tiny_folder.name}) as stand_in,
        pytest.raises(BadInputError, match=r"serves something else as tiny: .* nats a token"),
    ):
        engine(stand_in)


def test_log_probabilities_of_all_tokens_are_the_models_too(policy, tiny_folder, engine):
    """vLLM tells those before the bias, as a rule; the control tokens are likely here."""
    model, chat = tiny.make()
    with torch.no_grad():
        model.lm_head.weight[:2, 0] += 1.0
    prompts = [chat.prompt(ask("Hi"))]
    with served(model, chat, {"id": tiny_folder.name}) as stand_in:
        there = There(server.Server(stand_in.url), tiny_folder.name, model, chat)
        assert there.gap(prompts) < 1e-4
        choice = stand_in.choice

        def raw(body):
            told = choice(body)
            ids = told["token_ids"]
            with torch.no_grad():
                logits = model(torch.tensor([[*body["prompt"], *ids]])).logits[
                    0, -len(ids) - 1 : -1
                ]
            found = logits.log_softmax(-1).gather(-1, torch.tensor(ids)[:, None])[:, 0]
            told["logprobs"]["token_logprobs"] = found.tolist()
            return told

        stand_in.choice = raw
        assert there.gap(prompts) < 1e-4
    assert chat.drawable.isdisjoint({0, 1})


def test_ids_may_come_as_tokens(policy, tiny_folder, engine):
    fields = ("tokens", "token_logprobs")
    with served(*policy, {"id": tiny_folder.name}, fields=fields) as stand_in:
        assert isinstance(engine(stand_in), There)


@pytest.mark.parametrize("fields", [(), ("token_ids",), ("token_logprobs",)])
def test_a_server_that_tells_too_little_is_refused(policy, tiny_folder, engine, fields):
    with (
        served(*policy, {"id": tiny_folder.name}, fields=fields) as stand_in,
        pytest.raises(BadInputError, match="does not say which tokens it drew and how likely"),
    ):
        engine(stand_in)


def test_a_text_that_ends_with_another_token_is_refused(policy, tiny_folder, engine):
    with served(*policy, {"id": tiny_folder.name}) as stand_in:
        choice = stand_in.choice

        def early(body):
            told = choice(body)
            kept = {name: values[:2] for name, values in told["logprobs"].items()}
            return told | {
                "token_ids": told["token_ids"][:2], "logprobs": kept, "finish_reason": "stop"
            }  # fmt: skip

        stand_in.choice = early
        with pytest.raises(BadInputError, match="which does not end this model's texts"):
            engine(stand_in)


def test_a_text_that_a_server_gave_up_is_asked_for_again(policy, tiny_folder, engine):
    """vLLM ends those that it writes by `abort` when it is ended itself."""
    with served(*policy, {"id": tiny_folder.name}) as stand_in:
        choice = stand_in.choice

        def ends(body):
            told = choice(body)
            if len(stand_in.asked) == 2:
                kept = {name: values[:2] for name, values in told["logprobs"].items()}
                told |= {"token_ids": told["token_ids"][:2], "logprobs": kept}
                told["finish_reason"] = "abort"
            return told

        stand_in.choice = ends
        assert isinstance(engine(stand_in), There)
    assert len(stand_in.asked) == 4  # three prompts are checked


def test_a_text_that_the_servers_context_cuts_is_refused(policy, tiny_folder, engine):
    """vLLM with a short --max-model-len gives less than it was asked for, and does not say so."""
    with served(*policy, {"id": tiny_folder.name}) as stand_in:
        choice = stand_in.choice
        stand_in.choice = lambda body: choice(body | {"max_tokens": 3})
        with pytest.raises(BadInputError, match=r"after 3 of 32 tokens.*--max-model-len"):
            engine(stand_in)


def test_a_busy_server_is_asked_again(policy, tiny_folder, engine):
    with served(*policy, {"id": tiny_folder.name}, bad_turns=[503, 429]) as stand_in:
        assert isinstance(engine(stand_in), There)


@pytest.mark.parametrize(
    ("key", "bad_turns", "reason"),
    [("", [], "401"), ("wise", [503] * 3, "503"), ("wise", [400], "400")],
)  # fmt: skip
def test_a_server_that_does_not_answer_is_an_error_that_says_what_to_do(
    policy, tiny_folder, engine, key, bad_turns, reason
):
    name = {"id": tiny_folder.name}
    with (
        served(*policy, name, key="wise", bad_turns=bad_turns) as stand_in,
        pytest.raises(BadInputError, match=rf"does not answer .*{reason}.*leave them empty"),
    ):
        engine(stand_in, key=key)
    with pytest.raises(BadInputError, match=r"does not answer .*refused"):
        engine(stand_in, key=key)


def test_what_is_done_is_handed_over_when_a_stop_is_asked_for(policy, tiny_folder, engine):
    _, chat = policy
    with served(*policy, {"id": tiny_folder.name}) as stand_in:
        found = engine(stand_in)
        told, calls = {}, []

        def check_stop():
            calls.append(1)
            if len(calls) == 6:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            found.sample(
                requests_of(chat), sampling=SAMPLING, batch_size=1, on_done=told.update,
                check_stop=check_stop,
            )  # fmt: skip

    assert 0 < len(told) <= 2
    assert all(len(samples) == 2 and all(one.ids for one in samples) for samples in told.values())
