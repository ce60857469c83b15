"""Conversations become token ids here and nowhere else.

A chat template run over text would let that text forge turns: a prompt that contains
"<|im_end|>\\n<|im_start|>system" becomes a real system turn. So the template is rendered once per
sequence of roles with placeholders in the place of the texts; control tokens are looked for in
what is left, and the texts are encoded with `split_special_tokens=True`. On clean text the ids
equal the template's, which `check` makes sure of for each tokenizer.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter

import torch
from jinja2 import TemplateError
from torch import Tensor
from transformers import PreTrainedTokenizerBase

from training.contract.said import say
from training.conversations import Conversation, Message, quoted
from training.errors import BadInputError, UnsafeTokenizerError

# Private-use characters, which no template writes, between em spaces, which show whether it trims.
OPEN, CLOSE, BLANK = "\ue000", "\ue001", "\u2003"
OPEN_TRACE, CLOSE_TRACE = "<think>", "</think>"
FORBIDDEN = -1e9  # a logit that is never drawn; infinity would make the entropy NaN
PLACEHOLDER = re.compile(f"({BLANK}?){OPEN}(\\d+){CLOSE}({BLANK}?)")


@dataclass(frozen=True)
class Slot:
    """The place of the text of message `index`."""

    index: int
    strip_left: bool
    strip_right: bool

    def fill(self, texts: Sequence[str]) -> str:
        text = texts[self.index]
        text = text.lstrip() if self.strip_left else text
        return text.rstrip() if self.strip_right else text


# A control id, text that the template writes, or the place of a text.
Piece = int | str | Slot


class Chat:
    """A tokenizer with the chat template it carries.

    eos_id: what ends a turn in the template, and in whatever is trained on. stop_ids: all tokens
    with which the model may end an answer, `eos_id` among them.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerBase, *, ends: Iterable[int] = ()) -> None:
        """ends: what the model's own files say that it ends with.

        UnsafeTokenizerError when there is no template or it does not end turns with a token.
        """
        if not isinstance(tokenizer.chat_template, str):
            raise UnsafeTokenizerError(
                say(
                    "the tokenizer has no chat template; give one: register_base_model "
                    "--template FILE"
                )
            )
        self.tokenizer = tokenizer
        self._skeletons: dict[tuple[tuple[str, ...], bool], list[Piece]] = {}
        self._forbidden: dict[tuple[int, torch.device], Tensor] = {}
        controls = sorted(map(re.escape, tokenizer.get_added_vocab()), key=len, reverse=True)
        self._controls = re.compile("|".join(controls) or "(?!)")
        self.eos_id = self._turn_end()
        known = {token for token in [*ends, tokenizer.eos_token_id] if token is not None}
        self.stop_ids = frozenset(
            {self.eos_id, *known.intersection(tokenizer.get_vocab().values())}
        )

    @property
    def pad_id(self) -> int:
        """What fills batches; masks come from lengths, so it may well be `eos_id`."""
        pad: int | None = self.tokenizer.pad_token_id
        return self.eos_id if pad is None else pad

    @cached_property
    def drawable(self) -> frozenset[int]:
        """What an answer may hold: tokens with a text of their own, and those that end it."""
        ids = frozenset(self.tokenizer.get_vocab().values())
        controls = {*self.tokenizer.get_added_vocab().values(), *self.tokenizer.all_special_ids}
        return (ids - controls) | self.stop_ids

    def forbid(self, logits: Tensor) -> Tensor:
        """`logits` (…, V), changed in place, with no chance for what an answer may not hold.

        People would not see a control token, and the reward model would: all that samples, and all
        that says how likely a sample was, goes through here.
        """
        key = logits.shape[-1], logits.device
        if key not in self._forbidden:
            silent = [token for token in range(key[0]) if token not in self.drawable]
            with torch.inference_mode(mode=False):  # training uses it too
                self._forbidden[key] = torch.tensor(silent, dtype=torch.long, device=key[1])
        return logits.index_fill_(-1, self._forbidden[key], FORBIDDEN)

    def closed(self, ids: Sequence[int]) -> list[int]:
        """A sample as it is scored: another stop token at its end becomes the template's own."""
        given = list(ids)
        return [*given[:-1], self.eos_id] if given and given[-1] in self.stop_ids else given

    @cached_property
    def history(self) -> str | None:
        """What the template strips after an earlier answer's trace; None if it keeps traces."""
        shown = self._asked_after(f"{OPEN_TRACE}\ntrace\n{CLOSE_TRACE}\n\nanswer")
        if shown is None:
            return None
        rules = {"\n": "answer", "": "\n\nanswer"}
        return next(
            (strip for strip, left in rules.items() if self._asked_after(left) == shown), None
        )

    @cached_property
    def opens_trace(self) -> bool:
        """Whether the template asks for an answer with a trace that it has begun itself."""
        try:
            asked = self._render([{"role": "user", "content": "question"}], ask=True)
        except TemplateError:
            return False
        return OPEN_TRACE in asked.rpartition(CLOSE_TRACE)[2].rpartition("question")[2]

    def _asked_after(self, answer: str) -> str | None:
        """The text of a conversation with an earlier answer; None where the template takes none."""
        turns = zip(("user", "assistant", "user"), ("question", answer, "more"), strict=True)
        try:
            return self._render([{"role": role, "content": text} for role, text in turns], ask=True)
        except TemplateError:
            return None

    @cached_property
    def template_hash(self) -> str:
        """The same for models whose conversations become the same ids.

        The vocabulary is part of it: ids cross from the policy to the reward model as they are.
        """
        vocabulary = sorted(self.tokenizer.get_vocab().items(), key=itemgetter(1))
        content = json.dumps([self.tokenizer.chat_template, self.eos_id, vocabulary])
        return hashlib.sha256(content.encode()).hexdigest()

    def prompt(self, messages: Sequence[Message]) -> list[int]:
        """The conversation, ended by the tokens that ask for the assistant's turn.

        A default system turn is the template's business. BadInputError when it refuses the roles.
        """
        return self._encode(messages, ask=True)

    def takes(self, messages: Sequence[Message]) -> bool:
        """Whether the template has a place for each turn; some have none for a system turn."""
        try:
            self.prompt(messages)
        except BadInputError:
            return False
        return True

    def completion(self, text: str, finished: bool) -> list[int]:
        """The assistant's text; the token that ends the turn is kept if it was `finished`."""
        if finished and self.opens_trace and CLOSE_TRACE not in text:
            text = f"\n{CLOSE_TRACE}\n\n{text}"
        return self._plain(text) + ([self.eos_id] if finished else [])

    def decode(self, ids: Sequence[int]) -> str:
        """The text, without the stop token at its end: not every model's is a special one."""
        shown = list(ids[:-1] if len(ids) and ids[-1] in self.stop_ids else ids)
        text: str = self.tokenizer.decode(
            shown, skip_special_tokens=True, clean_up_tokenization_spaces=False
        )
        return text

    def __deepcopy__(self, memo: object) -> "Chat":
        """Itself, as it never changes: a network's copies share it."""
        return self

    def _plain(self, text: str) -> list[int]:
        """Ids of `text` in which control tokens are letters like any others."""
        if not text:
            return []
        ids: list[int] = self.tokenizer(
            text, add_special_tokens=False, split_special_tokens=True, verbose=False
        )["input_ids"]
        return ids

    def _encode(self, messages: Sequence[Message], *, ask: bool) -> list[int]:
        if isinstance(messages, Conversation) and not messages.is_plain:
            skeleton, escaped = self._skeleton_with_tools(messages, ask=ask)
        else:
            escaped = set()
            skeleton = self._skeleton(tuple(message["role"] for message in messages), ask=ask)
        texts = [self._remembered(message) for message in messages]
        for number in escaped:
            texts[number] = json.dumps(texts[number], ensure_ascii=False)[1:-1]
        ids: list[int] = []
        text = ""  # neighbouring texts are encoded together, as merges reach over their border
        for piece in skeleton:
            match piece:
                case int():
                    ids += [*self._plain(text), piece]
                    text = ""
                case str():
                    text += piece
                case Slot():
                    text += piece.fill(texts)
        return ids + self._plain(text)

    def _remembered(self, message: Message) -> str:
        """A message as the template repeats it."""
        text: str = message["content"]
        if message["role"] == "assistant" and CLOSE_TRACE in text and self.history is not None:
            return text.rpartition(CLOSE_TRACE)[2].lstrip(self.history)
        return text

    def _skeleton(self, roles: tuple[str, ...], *, ask: bool) -> list[Piece]:
        """The template for conversations of these roles, as control ids, own texts and slots."""
        if (roles, ask) not in self._skeletons:
            messages = [{"role": role, "content": _place(n)} for n, role in enumerate(roles)]
            self._skeletons[roles, ask] = self._split(self._tried(messages, ask=ask))
        return self._skeletons[roles, ask]

    def _skeleton_with_tools(
        self, said: Conversation, *, ask: bool
    ) -> tuple[list[Piece], set[int]]:
        """The same for these calls and tools, and the texts that stand in JSON; an empty text has
        no slot.
        """
        places = [
            {**message, "content": _place(n) if message["content"] else ""}
            for n, message in enumerate(said)
        ]
        asked = Conversation(places, said.tools)
        escaped = quoted(asked, lambda each: self._tried(each, ask=ask), self._controls.search)
        pieces = self._split(self._tried(asked, ask=ask))
        shown = {piece.index for piece in pieces if isinstance(piece, Slot)}
        if shown != {n for n, message in enumerate(said) if message["content"]}:
            raise BadInputError(say("the chat template leaves out a turn"))
        return pieces, escaped

    def _tried(self, messages: Sequence[Message], *, ask: bool) -> str:
        try:
            return self._render(messages, ask=ask)
        except (TemplateError, TypeError) as error:
            roles = tuple(message["role"] for message in messages)
            raise BadInputError(
                say("the chat template refuses {roles}: {error}", roles=roles, error=error)
            ) from error

    def _render(self, messages: Sequence[Message], *, ask: bool) -> str:
        tools = messages.tools if isinstance(messages, Conversation) else None
        rendered: str = self.tokenizer.apply_chat_template(
            list(messages), tools=tools or None, tokenize=False, add_generation_prompt=ask
        )
        return rendered

    def _split(self, rendered: str) -> list[Piece]:
        pieces: list[Piece] = []
        position = 0
        for slot in PLACEHOLDER.finditer(rendered):
            left, index, right = slot.groups()
            pieces += self._controls_in(rendered[position : slot.start()])
            pieces.append(Slot(int(index), strip_left=not left, strip_right=not right))
            position = slot.end()
        return pieces + self._controls_in(rendered[position:])

    def _controls_in(self, text: str) -> list[Piece]:
        """`text` of the template itself, with control tokens as ids."""
        pieces: list[Piece] = []
        position = 0
        for control in self._controls.finditer(text):
            pieces += [text[position : control.start()], self._id(control.group())]
            position = control.end()
        pieces.append(text[position:])
        return [piece for piece in pieces if piece != ""]

    def _id(self, control: str) -> int:
        token_id: int = self.tokenizer.convert_tokens_to_ids(control)
        return token_id

    def _turn_end(self) -> int:
        """The first control id after an assistant's text."""
        skeleton = self._skeleton(("user", "assistant"), ask=False)
        slots = [place for place, piece in enumerate(skeleton) if isinstance(piece, Slot)]
        ends = [piece for piece in skeleton[slots[-1] :] if isinstance(piece, int)] if slots else []
        if not ends:
            raise UnsafeTokenizerError(say("the chat template does not end the assistant's turn"))
        return ends[0]


def _place(index: int) -> str:
    """What stands for the text of message `index` while the template is rendered."""
    return f"{BLANK}{OPEN}{index}{CLOSE}{BLANK}"
