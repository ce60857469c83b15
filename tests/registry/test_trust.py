"""What a model folder may hold (trust B42, B43)."""

import json
import struct

import pytest

from core.errors import BadInputError
from registry import trust
from tests.registry_folders import write_safetensors


def refusal(folder):
    with pytest.raises(BadInputError) as caught:
        trust.check(folder)
    return caught.value.message


def put_config(folder, **values):
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, **values}))


def test_a_plain_folder_passes(model_folder):
    tensors = trust.check(model_folder)

    assert {name: tensor.shape for name, tensor in tensors.items()} == {
        "model.embed_tokens.weight": [4, 3]
    }


@pytest.mark.parametrize(
    "name",
    ["modeling_x.py", "pytorch_model.bin", "x.pt", "x.pkl", "training_args.bin", "x.pth", "x.so"],
)
def test_code_and_pickles_are_refused(model_folder, name):
    (model_folder / name).write_bytes(b"")

    assert refusal(model_folder) == f"{name}: a model is safetensors and plain data, nothing else"


@pytest.mark.parametrize(
    "values",
    [
        {"auto_map": {}},
        {"trust_remote_code": True},
        {"_attn_implementation_internal": "sdpa"},
        {"_attn_implementation": "someone/kernel"},
        {"text_config": [{"auto_map": {}}]},
        {"quantization_config": {"quant_method": "x"}},
    ],
)
def test_a_config_that_can_load_code_is_refused(model_folder, values):
    put_config(model_folder, **values)

    assert refusal(model_folder).endswith("can load code")


def test_a_template_that_reaches_for_attributes_is_refused(model_folder):
    (model_folder / "chat_template.jinja").write_text("{{ ''.__class__.__mro__ }}")
    assert refusal(model_folder).startswith("chat_template.jinja: the chat template reaches")

    (model_folder / "chat_template.jinja").write_text("{{ messages[0].content }}")
    for template in ("{{ x|attr('y') }}", [{"name": "default", "template": "{{ x|attr('y') }}"}]):
        text = json.dumps({"chat_template": template})
        (model_folder / "tokenizer_config.json").write_text(text)
        assert refusal(model_folder).startswith("tokenizer_config.json: the chat template uses")


def test_links_are_refused(model_folder, tmp_path):
    (model_folder / "notes.txt").symlink_to("/etc/passwd")

    assert refusal(model_folder) == "notes.txt is a symbolic link"


def test_a_folder_without_weights_is_refused(model_folder):
    (model_folder / "model.safetensors").unlink()

    assert refusal(model_folder) == "model has no safetensors weights"


def test_a_config_that_is_no_json_or_too_deep_is_refused(model_folder):
    for text in ("{", "[" * 100_000):
        (model_folder / "config.json").write_text(text)
        assert refusal(model_folder).startswith("config.json is not JSON")


@pytest.mark.parametrize(
    ("header", "tail"),
    [
        (b"", b""),
        (struct.pack("<Q", 100 * 2**20), b"{}"),
        (struct.pack("<Q", 2), b"[]"),
        (struct.pack("<Q", 3), b"{x}"),
    ],
)
def test_a_header_that_cannot_be_read_is_refused(model_folder, header, tail):
    (model_folder / "model.safetensors").write_bytes(header + tail)

    assert refusal(model_folder).startswith(("model.safetensors: its header", "model has no safe"))


@pytest.mark.parametrize(
    "entry",
    [
        {"dtype": "F32", "shape": [4, 3], "data_offsets": [0, 40]},  # shape lies
        {"dtype": "F16", "shape": [4, 3], "data_offsets": [0, 48]},  # type lies
        {"dtype": "F32", "shape": [4, 3], "data_offsets": [4, 52]},  # a gap
        {"dtype": "F32", "shape": [4, -3], "data_offsets": [0, 48]},
        {"dtype": "PICKLE", "shape": [4, 3], "data_offsets": [0, 48]},
        {"dtype": "F32", "shape": [4, 3]},
    ],
)
def test_a_header_that_lies_is_refused(model_folder, entry):
    text = json.dumps({"w": entry}).encode()
    content = struct.pack("<Q", len(text)) + text + bytes(48)
    (model_folder / "model.safetensors").write_bytes(content)

    assert refusal(model_folder).startswith("model.safetensors: ")


def test_a_tokenizer_that_does_not_fit_the_model_is_refused(model_folder):
    write_safetensors(model_folder / "model.safetensors", model__embed_tokens__weight=(3, 3))
    assert refusal(model_folder) == "3 embeddings, but config.json says vocab_size 4"

    put_config(model_folder, vocab_size=3)
    assert refusal(model_folder) == "the tokenizer has ids up to 3, the model 3 rows"
