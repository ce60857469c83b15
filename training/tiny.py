"""A tiny Llama with its own tokenizer, made by code in a second, for tests and quick rehearsals.

Its weights are random but for one hidden direction that every token has in common. The output
layer reads a word's frequency off it, so that samples are random English words that differ and
end by themselves after some ten tokens, as whoever ranks them needs.
"""

import math
from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from training.chat import Chat
from training.models import save_model

VOCABULARY = 1024  # at most
HIDDEN = 64
END = 1 / 30  # how often a token is EOS, before the randomness of the other directions
SHARED = 8.0  # the direction that all tokens share, against 1 for each of the others

TEMPLATE = """\
{% for message in messages %}\
{% if loop.first and message['role'] != 'system' %}\
{{ '<|im_start|>system\\nYou are a helpful assistant.<|im_end|>\\n' }}\
{% endif %}\
{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' }}\
{% endfor %}\
{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"""

CORPUS = """\
system user assistant You are a helpful assistant.
The quick answer is that people learn best when they work together and share what they know.
Please write a short story about a small green bird that lives near the old stone house.
Once upon a time there was a kind teacher who gave every child a new book to read at home.
Here is a simple list of good ideas for your next summer trip to the sea or the mountains.
First, make a plan. Second, find some friends. Third, pack warm clothes, water, bread and fruit.
I think that this is a great question, and I am happy to help you with it today.
The sky looks blue because the air sends more of the blue light from the sun to our eyes.
Water is made of two parts and it can be ice, rain, snow, steam or a deep river.
Thank you for your kind letter. We would like to meet you on Monday morning at ten.
A good friend is honest, listens well, and stays with you when the days are long and hard.
You should drink more water, eat fresh food, sleep eight hours, and walk in the park each day.
The city has many roads, shops, trains, gardens, schools, and a large market by the bridge.
Music makes us feel strong emotions: joy, hope, love, fear, and sometimes a quiet calm.
What do you want to do next? Can we try another way? How does it work, and why?
It was a cold night, but the fire was bright and the soup was hot, so nobody was sad.
Dear team, please send me the final report before noon, because the client needs it soon.
Science helps us understand the world; art helps us understand ourselves and each other.
In short: be clear, be brief, be kind. Do not use long words where a short one will do.
The answer depends on the place, the time, the cost, and on how much you really need it.
"""


def tokenizer(*, pad_is_eos: bool = False) -> PreTrainedTokenizerFast:
    """Byte-level BPE over CORPUS: any text round-trips, and common English words are one token."""
    backend = Tokenizer(models.BPE())
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    backend.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=["<|endoftext|>", "<|im_start|>", "<|im_end|>"],
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    backend.train_from_iterator([CORPUS] * 2, trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=backend,
        bos_token="<|im_start|>",
        eos_token="<|im_end|>",
        pad_token="<|im_end|>" if pad_is_eos else "<|endoftext|>",
        chat_template=TEMPLATE,
        model_max_length=1024,
    )


def frequencies(chat: Chat) -> torch.Tensor:
    """Log-probability of each token, (V,): CORPUS's own whole words, and EOS to end them."""
    weights = torch.full((len(chat.tokenizer),), 1e-6)
    for token, text in zip(
        chat.completion(CORPUS, finished=False),
        map(chat.decode, ([token] for token in chat.completion(CORPUS, finished=False))),
        strict=True,
    ):
        if text.startswith(" ") or text in {".", ","}:
            weights[token] += 1.0
    weights /= weights.sum()
    weights[chat.eos_id] = END
    return weights.log()


def model(chat: Chat, *, seed: int = 0) -> LlamaForCausalLM:
    config = LlamaConfig(
        vocab_size=len(chat.tokenizer),
        hidden_size=HIDDEN,
        intermediate_size=2 * HIDDEN,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=1024,
        initializer_range=0.05,
        tie_word_embeddings=False,
        bos_token_id=chat.tokenizer.bos_token_id,
        eos_token_id=chat.eos_id,
        pad_token_id=chat.pad_id,
        attn_implementation="sdpa",
    )
    generator = torch.Generator().manual_seed(seed)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        llama = LlamaForCausalLM(config).eval()
    embedding, output = llama.get_input_embeddings().weight, llama.get_output_embeddings().weight
    others = HIDDEN - 1
    with torch.no_grad():
        embedding.copy_(torch.randn(embedding.shape, generator=generator))
        embedding[:, 0] = SHARED
        # The last norm divides by the root mean square of SHARED and ones.
        scale = math.sqrt((SHARED**2 + others) / HIDDEN)
        output.copy_(torch.randn(output.shape, generator=generator) * scale / math.sqrt(others))
        output[:, 0] = frequencies(chat) * scale / SHARED
    return llama


def make(*, seed: int = 0, pad_is_eos: bool = False) -> tuple[LlamaForCausalLM, Chat]:
    chat = Chat(tokenizer(pad_is_eos=pad_is_eos))
    return model(chat, seed=seed), chat


def write(folder: Path, *, seed: int = 0, pad_is_eos: bool = False) -> None:
    """Save a tiny policy into the existing `folder`."""
    save_model(folder, *make(seed=seed, pad_is_eos=pad_is_eos))
