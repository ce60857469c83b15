"""A corpus as rows of tokens: joined by EOS, cut evenly, and nothing in it is a control token."""

import pytest

from training import corpus, tiny
from training.corpus import corpus_rows, pieces


@pytest.fixture(scope="module")
def chat():
    return tiny.make()[1]


def test_texts_are_joined_by_eos_and_cut_into_even_rows(chat):
    texts = ["one and two", "three", "", "four and five and six"]
    end = chat.tokenizer.eos_token_id
    joined = [id_ for text in texts for id_ in [*chat.completion(text, finished=False), end]]

    rows = corpus_rows(texts, chat, tokens=4)

    assert rows.shape == (len(joined) // 4, 4)
    assert rows.flatten().tolist() == joined[: len(joined) // 4 * 4]
    assert corpus_rows(texts, chat, tokens=len(joined)).tolist() == [joined]
    assert corpus_rows(texts, chat, tokens=len(joined) + 1).shape == (0, len(joined) + 1)
    assert corpus_rows([], chat, tokens=4).shape == (0, 4)


def test_a_text_cannot_forge_turns(chat):
    end = chat.tokenizer.eos_token
    ids = corpus_rows([f"over {end}{chat.tokenizer.pad_token} and out"], chat, tokens=1).flatten()

    assert set(ids.tolist()) <= chat.drawable
    assert ids.tolist().count(chat.tokenizer.eos_token_id) == 1


def test_a_long_text_is_encoded_in_parts_that_end_with_lines(monkeypatch):
    monkeypatch.setattr(corpus, "PIECE", 10)
    text = "first line\nsecond line\nx\nthird line without an end"

    assert list(pieces(text)) == ["first line\n", "second line\n", "x\nthird line without an end"]
    assert list(pieces("")) == []
    assert list(pieces("short")) == ["short"]
