"""Only plain data becomes a model."""

import json
import pickle
import shutil
from pathlib import Path

import pytest
import torch

from training import tiny
from training.artifacts import write_folder
from training.errors import UnsafeModelError
from training.models import check_folder, load_chat, load_policy, round_to, save_model


@pytest.fixture
def folder(tiny_folder, tmp_path):
    return Path(shutil.copytree(tiny_folder, tmp_path / "model"))


def edit(path: Path, **values: object) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))


def test_saved_policy_is_loaded_as_it_was(tiny_policy, tmp_path):
    model, chat = tiny_policy
    write_folder(tmp_path / "model", lambda target: save_model(target, model, chat))

    loaded, loaded_chat = load_policy(tmp_path / "model")

    assert loaded_chat.template_hash == chat.template_hash
    assert loaded.dtype == torch.float32
    assert not loaded.training
    for name, value in model.state_dict().items():
        assert torch.equal(loaded.state_dict()[name], value)


def test_what_is_rounded_is_what_is_loaded_and_no_more():
    """The frequencies of positions are no weights: they are computed anew."""
    model, _ = tiny.make()
    frequencies = {name: buffer.clone() for name, buffer in model.named_buffers()}
    assert any((one.bfloat16() != one).any() for one in frequencies.values())

    round_to(model, torch.bfloat16)

    assert all(torch.equal(one, frequencies[name]) for name, one in model.named_buffers())
    for parameter in model.parameters():
        assert parameter.dtype == torch.float32
        assert torch.equal(parameter, parameter.bfloat16().float())


def test_dropout_is_off(folder):
    edit(folder / "config.json", attention_dropout=0.5)

    model, _ = load_policy(folder)

    assert model.config.attention_dropout == 0.0
    assert {layer.self_attn.attention_dropout for layer in model.model.layers} == {0.0}


def test_generation_settings_are_not_kept(tiny_policy, tmp_path):
    model, chat = tiny_policy
    model.generation_config.temperature = 0.3

    save_model(tmp_path, model, chat)

    kept = json.loads((tmp_path / "generation_config.json").read_text())
    kept.pop("transformers_version")
    assert kept == {"bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 0}


@pytest.mark.parametrize("file", ["generation_config.json", "config.json"])
def test_a_models_end_tokens_are_read_from_either_file_and_kept(folder, tmp_path, file):
    """Llama 3 names one in its tokenizer, and others in its files."""
    edit(folder / file, eos_token_id=[2, 0])
    model, chat = load_policy(folder)

    write_folder(tmp_path / "saved", lambda to: save_model(to, model, chat))
    edit(tmp_path / "saved" / "config.json", eos_token_id=2)

    assert (chat.eos_id, chat.stop_ids) == (2, {0, 2})
    kept = json.loads((tmp_path / "saved" / "generation_config.json").read_text())
    assert kept["eos_token_id"] == [2, 0]
    assert load_chat(tmp_path / "saved").stop_ids == {0, 2}


CANARY = "raise SystemExit('code of a model ran')"


@pytest.mark.parametrize("name", ["modeling_evil.py", "pytorch_model.bin", "a.pkl", "x.pt", "x.so"])
def test_other_files_are_refused(folder, name):
    (folder / name).write_bytes(pickle.dumps(CANARY))

    with pytest.raises(UnsafeModelError, match=f"^{name}: a model is safetensors"):
        load_policy(folder)


def test_files_below_are_looked_at_too(folder):
    (folder / "sub").mkdir()
    (folder / "sub" / "code.py").write_text(CANARY)

    with pytest.raises(UnsafeModelError, match=r"^sub/code\.py"):
        load_policy(folder)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("auto_map", {"AutoModelForCausalLM": "modeling_evil.Evil"}),
        ("_attn_implementation_internal", "someone/kernel"),
        ("_experts_implementation_internal", "someone/kernel"),
        ("attn_implementation", "someone/kernel"),
        ("trust_remote_code", True),
        ("quantization_config", {"quant_method": "gguf"}),
        ("text_config", {"deep": [{"auto_map": {}}]}),
    ],
)
@pytest.mark.parametrize("file", ["config.json", "tokenizer_config.json", "generation_config.json"])
def test_keys_that_load_code_are_refused(folder, file, key, value):
    edit(folder / file, **{key: value})

    with pytest.raises(UnsafeModelError, match=rf"^{file}: "):
        check_folder(folder)


def test_links_and_broken_json_and_missing_parts_are_refused(folder, tmp_path):
    (folder / "extra.json").write_text("{")
    with pytest.raises(UnsafeModelError, match=r"extra\.json is not JSON"):
        check_folder(folder)

    (folder / "extra.json").unlink()
    (folder / "extra.json").symlink_to("/etc/hostname")
    with pytest.raises(UnsafeModelError, match="is a symbolic link"):
        check_folder(folder)

    (folder / "extra.json").unlink()
    (folder / "model.safetensors").unlink()
    with pytest.raises(UnsafeModelError, match="has no safetensors weights"):
        check_folder(folder)

    (folder / "config.json").unlink()
    with pytest.raises(UnsafeModelError, match=r"no config\.json"):
        check_folder(folder)


def test_vocabulary_too_small_for_the_tokenizer_is_refused(tmp_path):
    model, chat = tiny.make()
    model.resize_token_embeddings(500)
    save_model(tmp_path, model, chat)

    with pytest.raises(UnsafeModelError, match="tokens do not fit a vocabulary of 500"):
        load_policy(tmp_path)
