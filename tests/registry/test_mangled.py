"""Whatever a model folder holds: it is taken or refused for a reason, and nothing breaks."""

import json
import os
import struct

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import BadInputError
from registry import trust
from tests.registry_folders import CONFIG

HEADER = {"w": {"dtype": "F32", "shape": [4, 3], "data_offsets": [0, 48]}}
TOKENIZER = {
    "model": {"type": "BPE", "vocab": {"a": 0, "b": 1}, "merges": []},
    "added_tokens": [{"id": 3, "content": "<s>"}],
}
FILES = {
    "config.json": CONFIG,
    "tokenizer.json": TOKENIZER,
    "tokenizer_config.json": {"chat_template": [{"name": "a", "template": "{{ messages }}"}]},
    "generation_config.json": {"eos_token_id": [2]},
}
WORK = settings(
    derandomize=True,
    deadline=None,
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

odd = st.one_of(
    *(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5)),
    st.sampled_from([2**63, -1, 10**400, float("inf"), 0.5, "\x00", "\ud800", "0", [], {}]),
)
anything = st.recursive(
    odd, lambda part: st.lists(part, max_size=3) | st.dictionaries(st.text(max_size=5), part)
)


@st.composite
def mangled(draw, value):
    """`value` with something else in the place of some of its parts."""
    if draw(st.integers(0, 4)) == 0:
        return draw(anything)
    if isinstance(value, dict):
        return {
            draw(st.sampled_from([key, key, key, "\ud800", "auto_map", "x_implementation"])): draw(
                mangled(part)
            )
            for key, part in value.items()
        }
    if isinstance(value, list):
        return [draw(mangled(part)) for part in value] * draw(st.integers(0, 2))
    return value


@st.composite
def mangled_bytes(draw, value):
    """It as JSON, now and then with bytes in it that are none."""
    text = json.dumps(draw(mangled(value))).encode()
    if draw(st.integers(0, 3)):
        return text
    at = draw(st.integers(0, len(text)))
    return text[:at] + draw(st.binary(max_size=6)) + text[at + draw(st.integers(0, 6)) :]


def reason(folder):
    """Why the folder is refused, "" where it is not. It can be shown, logged and stored."""
    try:
        trust.check(folder)
    except BadInputError as error:
        message = error.message
    else:
        return ""
    assert message.isprintable()
    assert len(message) < 700
    return message


@WORK
@given(
    text=mangled_bytes(HEADER), length=st.sampled_from([None, None, None, 0, 1, 2**63, 2**64 - 1])
)
def test_a_header_of_any_kind(model_folder, text, length):
    size = struct.pack("<Q", len(text) if length is None else length)
    (model_folder / "model.safetensors").write_bytes(size + text + bytes(48))
    reason(model_folder)


@pytest.mark.parametrize("name", FILES)
@WORK
@given(data=st.data())
def test_a_json_file_of_any_kind(model_folder, name, data):
    (model_folder / name).write_bytes(data.draw(mangled_bytes(FILES[name])))
    reason(model_folder)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("config.json", [], "config.json is wrong at the top: "),
        ("config.json", {"vocab_size": "4"}, "config.json is wrong at vocab_size: "),
        ("config.json", {"\ud800_implementation_internal": 1}, "can load code"),
        ("tokenizer.json", "x", "tokenizer.json is wrong at the top: "),
        ("tokenizer.json", {"model": 1}, "tokenizer.json is wrong at model: "),
        ("tokenizer.json", {"added_tokens": [{"id": "1"}]}, "is wrong at added_tokens.0.id: "),
        ("tokenizer.json", {"added_tokens": {"a": 1}}, "is wrong at added_tokens: "),
        ("tokenizer.json", {"model": {"vocab": {"a": None}}}, "tokenizer.json is wrong at model"),
    ],
)
def test_json_of_another_form_is_refused_with_the_place(model_folder, name, content, said):
    (model_folder / name).write_text(json.dumps(content))
    assert said in reason(model_folder)


@pytest.mark.parametrize(
    "header",
    [
        b'{"w": {"dtype": "F32", "shape": [4, 3], "data_offsets": [0]}}',
        b'{"w": {"dtype": "F32", "shape": [4, 3], "data_offsets": [0, "48"]}}',
        b'{"w": {"dtype": "F32", "shape": [1e999], "data_offsets": [0, 48]}}',
        b'{"w": {"dtype": "F32", "shape": [4.0, 3], "data_offsets": [0, 48]}}',
        b'{"w": {"dtype": ["F32"], "shape": [4, 3], "data_offsets": [0, 48]}}',
        b'{"w": {"dtype": "F32", "shape": [4, 3], "data_offsets": [0, 48], "x": 1}}',
        b'{"w": 1, "w": {"dtype": "F32", "shape": [4, 3], "data_offsets": [0, 48]}}',
        b'{"\\ud800": {"dtype": "F32", "shape": [4, 3], "data_offsets": [0, 40]}}',
        '{"w": {"dtype": "F32", "shape": [4, 3], "data_offsets": [0, 48]}}'.encode("utf-16"),
        b"[" * 100_000,
    ],
)
def test_a_header_of_another_form_is_refused(model_folder, header):
    content = struct.pack("<Q", len(header)) + header + bytes(48)
    (model_folder / "model.safetensors").write_bytes(content)
    assert reason(model_folder).startswith("model.safetensors: ")


def test_what_is_no_file_is_refused(model_folder):
    """To read a pipe would wait for ever."""
    os.mkfifo(model_folder / "generation_config.json")
    assert reason(model_folder) == "generation_config.json is no file"


def test_a_name_that_no_text_can_hold_is_shown_by_its_escape(model_folder):
    (model_folder / os.fsdecode(b"\xff.py")).write_text("")
    assert reason(model_folder).startswith("\\udcff.py: a model is safetensors")
