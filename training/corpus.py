"""A corpus as pretraining has it: its texts joined by EOS, cut into rows of one length."""

from array import array
from collections.abc import Iterable, Iterator

import torch
from torch import Tensor

from training.chat import Chat

PIECE = 100_000  # characters of a long text that are encoded at a time, to the end of a line


def corpus_rows(texts: Iterable[str], chat: Chat, *, tokens: int) -> Tensor:
    """(R, tokens) int32; what is left at the end and fills no row is left out.

    A text cannot forge turns: control tokens in it are letters like any others.
    """
    own = chat.tokenizer.eos_token_id
    end = own if own in chat.stop_ids else chat.eos_id
    ids = array("i")
    for text in texts:
        for piece in pieces(text):
            ids.extend(chat.completion(piece, finished=False))
        ids.append(end)
    count = len(ids) // tokens
    if not count:
        return torch.zeros(0, tokens, dtype=torch.int32)
    return torch.frombuffer(ids, dtype=torch.int32)[: count * tokens].view(count, tokens)


def pieces(text: str) -> Iterator[str]:
    """`text` in parts of about PIECE characters: a tokenizer takes much memory for a long one."""
    start = 0
    while len(text) - start > PIECE:
        end = text.find("\n", start + PIECE) + 1 or len(text)
        yield text[start:end]
        start = end
    if start < len(text):
        yield text[start:]
