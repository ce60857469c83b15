"""The gold preference of the rehearsal: what the simulated annotators want, and nobody else sees.

It stands for an editor of a quick-answer desk who wants a short, finished, plain answer to the
question that was asked. Training, reward models and policies never read this module; they see
rankings and demonstrations only, made with noise by `rehearsal.annotators`. It was written
before the first training run and is not changed to suit one: a preference that follows the results
proves nothing. English only, as the rehearsal's prompts are.

    points =  1.6 finished    the model ended the answer itself, on a full sentence
            + 1.0 length      8 to 40 words; falls off smoothly on both sides
            + 1.4 topic       takes up the content words of the prompt
            + 0.8 substance   brings content words of its own
            + 1.2 plain       reads like sentences: function words, capitals, sentence lengths
            - 1.6 copying     repeats the prompt's wording instead of answering
            - 1.6 repetition  says the same words again and again
            - 1.2 preamble    "Sure", "As an AI", "Great question", talk about the answer
            - 0.8 markup      lists, headings, bold, code, line breaks, odd characters

Each part is from 0 to 1, so no part alone makes an answer good: an echo of the prompt has topic and
no substance, a list of keywords has topic and substance and is not plain, one stock answer to
everything has no topic. `gold` is the points less the base model's typical ones, in units of their
typical spread, so that differences of 1 are what Bradley-Terry noise of temperature 1 is about.
"""

import math
import re

from labeling.kinds.simulation import SENTENCE_END
from labeling.models import Completion

CENTRE, SPREAD = 3.8, 1.1  # measured on 256 samples of SmolLM2-135M-Instruct

WORD = re.compile(r"[A-Za-z]+(?:['’-][A-Za-z]+)*|\d+")
ENDED = re.compile(r"[.!?][\"'”’)]*$")
MARKUP = re.compile(r"\*\*|__|`|^\s*(?:[-*•#>]|\d+[.)])\s|\[[^\]]*\]|<[^>]*>|\|", re.MULTILINE)
ODD = re.compile(r"[^A-Za-z0-9\s.,;:!?'\"’‘“”()\-–—%$/&]")
PREAMBLE = re.compile(
    r"^\W*(?:sure|certainly|of course|absolutely|great question|good question|okay|ok|well|"
    r"here(?:'s|’s| is| are)|as an? (?:ai|assistant|language model)|"
    r"i(?:'m|’m| am) (?:sorry|an? ai|here to)|"
    r"i apologi[sz]e|thank you for|what a (?:great|wonderful|fascinating)|"
    r"that(?:'s|’s| is) a (?:great|good|wonderful|fascinating|interesting)|let me|let(?:'s|’s))\b",
    re.IGNORECASE,
)
META = re.compile(
    r"\b(?:as an ai|language model|your (?:question|prompt|request)|"
    r"this (?:prompt|response|answer)|feel free to|let me know|"
    r"hope this helps|can you provide|could you provide|you asked)\b",
    re.IGNORECASE,
)
FUNCTION_WORDS = frozenset(
    WORD.findall(
        """a about above after again against all also always am an and any are as at be because been
    before being below between both but by can could did do does doing down during each even every
    few for from had has have having he her here hers him his how i if in into is it its itself
    just like many may me might more most much must my never no nor not of off often on once one
    only or other our out over own quite rather same shall she should so some sometimes such than
    that the their them then there these they this those through to too under until up upon us very
    was we were what when where which while who whom whose why will with within without would yet
    you your yours yourself don't doesn't didn't isn't aren't wasn't can't won't it's that's i'm
    you're they're we're i've you've"""
    )
)
# Words of a task, not of its subject: an answer need not take them up.
TASK_WORDS = frozenset(
    WORD.findall(
        """describe write explain suggest make give tell say rewrite turn fix sentence word words
    one short shorter simple simpler note message way tip good best nice question sound first line
    small"""
    )
)
SUFFIX = re.compile(r"(?:ings?|ed|es|ers?|ly|s|e|y)$")


def gold(prompt: str, text: str, *, finished: bool) -> float:
    """How much the gold editor likes `text` as the answer to `prompt`; about -4 to 2.

    finished: the model ended the answer itself, it was not cut at the length limit.
    """
    return (points(prompt, text, finished=finished) - CENTRE) / SPREAD


def gold_of(completion: Completion) -> float:
    """The gold of a stored completion."""
    finished = completion.finish_reason == Completion.FinishReason.STOP
    return gold(completion.prompt.last_text, completion.text, finished=finished)


def points(prompt: str, text: str, *, finished: bool) -> float:
    """The weighted sum of the table above, before centring."""
    words = [word.lower().replace("’", "'") for word in WORD.findall(text)]
    if not words:
        return -1.0
    return (
        1.6 * (finished and ENDED.search(text.strip()) is not None)
        + 1.0 * length(len(words))
        + 1.4 * topic(prompt, words)
        + 0.8 * substance(prompt, words)
        + 1.2 * plain(text, words)
        - 1.6 * copying(prompt, words)
        - 1.6 * repetition(words)
        - 1.2 * preamble(text)
        - 0.8 * markup(text)
    )


def length(count: int) -> float:
    """1 from 8 to 40 words, a bell in the logarithm outside: 0.37 at 4 and at 80 words."""
    if count < 8:
        return math.exp(-(math.log2(8 / count) ** 2))
    return math.exp(-(math.log2(max(count, 40) / 40) ** 2))


def topic(prompt: str, words: list[str]) -> float:
    """The share of the prompt's content stems that the answer takes up; half of them is enough."""
    asked = content_stems(WORD.findall(prompt.lower())) - {stem(word) for word in TASK_WORDS}
    if not asked:
        return 0.5
    return min(1.0, 2 * len(asked & content_stems(words)) / len(asked))


def substance(prompt: str, words: list[str]) -> float:
    """Content stems that are not the prompt's: 1 from five on."""
    new = content_stems(words) - content_stems(WORD.findall(prompt.lower()))
    return min(1.0, len(new) / 5)


def plain(text: str, words: list[str]) -> float:
    """Reads like sentences: function words, a capital first, 5 to 30 words a sentence."""
    share = sum(word in FUNCTION_WORDS for word in words) / len(words)
    wording = ramp(share, 0.15, 0.35) * ramp(-share, -0.85, -0.65)
    opening = 1.0 if text.strip(" \n\"'“‘(")[:1].isupper() else 0.5
    mean = len(words) / max(1, len(SENTENCE_END.findall(text)))
    rhythm = ramp(mean, 2, 5) * ramp(-mean, -45, -30)
    return wording * opening * rhythm


def copying(prompt: str, words: list[str]) -> float:
    """Word triples of the answer that stand in the prompt: 0 up to a tenth, 1 from 60 % on."""
    triples = n_grams(words, 3)
    if not triples:
        return 0.0
    known = set(n_grams([word.lower() for word in WORD.findall(prompt)], 3))
    return ramp(sum(triple in known for triple in triples) / len(triples), 0.1, 0.6)


def repetition(words: list[str]) -> float:
    """Said again: 1 when 40 % of the word pairs, or 70 % of the content words, are."""
    pairs = n_grams(words, 2)
    content = [stem(word) for word in words if word not in FUNCTION_WORDS]
    again = 1 - len(set(pairs)) / len(pairs) if pairs else 0.0
    worn = 1 - len(set(content)) / len(content) if content else 0.0
    return min(1.0, max(again / 0.4, (worn - 0.3) / 0.4, 0.0))


def preamble(text: str) -> float:
    """Talk before or about the answer instead of the answer."""
    return 1.0 if PREAMBLE.search(text) or META.search(text) else 0.0


def markup(text: str) -> float:
    """Lists, headings, line breaks and characters that plain English prose does not need."""
    marks = len(MARKUP.findall(text)) + len(ODD.findall(text)) + text.strip().count("\n")
    return min(1.0, marks / 3)


def content_stems(words: list[str]) -> set[str]:
    """What the words are about, without grammar."""
    return {stem(word) for word in words if word not in FUNCTION_WORDS and len(word) > 1}


def stem(word: str) -> str:
    """Cut common endings, so that "bees" meets "bee" and "baking" meets "bake"."""
    word = word.removesuffix("'s").removesuffix("’s")
    return SUFFIX.sub("", word) if len(word) > 3 else word


def n_grams(words: list[str], n: int) -> list[tuple[str, ...]]:
    """The runs of `n` words, in order."""
    return list(zip(*(words[start:] for start in range(n)), strict=False))


def ramp(value: float, low: float, high: float) -> float:
    """0 up to `low`, 1 from `high` on, straight between."""
    return min(1.0, max(0.0, (value - low) / (high - low)))
