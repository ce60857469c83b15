"""A conversation as a model's chat template writes it."""

import json
from pathlib import Path

import pytest
from django.conf import settings

from registry import rendering
from registry.models import ModelVersion
from registry.rendering import Rendered, render
from tests.factories import make_version
from training.tiny import TEMPLATE, tokenizer

MESSAGES = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "2 + 2? <b>{{ 1 }}\n"},
]


@pytest.fixture
def version(db: None) -> ModelVersion:
    return make_version()


def write(version: ModelVersion, template: str, *, beside: bool = False) -> Path:
    folder = Path(settings.ARTIFACTS) / version.uri
    folder.mkdir(parents=True)
    config = {"bos_token": {"content": "<s>"}, "eos_token": "</s>"}
    if beside:
        (folder / "chat_template.jinja").write_text(template)
    else:
        config["chat_template"] = template
    (folder / "tokenizer_config.json").write_text(json.dumps(config))
    return folder


@pytest.mark.parametrize("beside", [True, False])
def test_it_is_what_transformers_renders(version: ModelVersion, beside: bool) -> None:
    write(version, TEMPLATE, beside=beside)

    text = tokenizer().apply_chat_template(MESSAGES, tokenize=False, add_generation_prompt=True)

    assert render(version, MESSAGES) == Rendered(text=text)


def test_a_refusal_is_the_templates_own(version: ModelVersion) -> None:
    write(version, "{{ bos_token }}{{ raise_exception('no system turns') }}")

    assert render(version, MESSAGES) == Rendered(refusal="no system turns")


def test_nothing_comes_of_a_folder_that_is_not_here_or_a_template_that_has_no_end(
    version: ModelVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert render(version, MESSAGES) is None
    monkeypatch.setattr(rendering, "SECONDS", 0.5)
    endless = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"
    write(version, endless)

    assert render(version, MESSAGES) is None
