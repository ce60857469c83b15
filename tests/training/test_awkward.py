"""Awkward texts as token ids and back: what is trained on is what was written."""

import pytest

from tests.labeling.awkward import TEXTS
from training import tiny
from training.chat import Chat
from training.chat_check import template_ids


@pytest.fixture(scope="module")
def chat() -> Chat:
    return Chat(tiny.tokenizer())


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_a_text_survives_its_tokens(chat: Chat, text: str) -> None:
    ids = chat.completion(text, finished=True)

    assert chat.decode(ids) == text
    assert [token for token in ids if token in chat.stop_ids] == [chat.eos_id]


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_a_prompt_is_encoded_as_the_template_does(chat: Chat, text: str) -> None:
    messages = [{"role": "user", "content": text}]
    if any(control in text for control in chat.tokenizer.get_added_vocab()):
        assert chat.prompt(messages) != template_ids(chat, messages, ask=True)
    else:
        assert chat.prompt(messages) == template_ids(chat, messages, ask=True)
