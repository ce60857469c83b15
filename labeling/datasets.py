"""What leaves Rondo: datasets, their columns, and the plain records that their rows are made of.

A kind of annotation gives rows to the datasets here, and to others that it states itself. Rows are
built from records, not from models: an export makes tens of thousands a second.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any, NamedTuple

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Row = dict[str, Any]
# The type of a column: str, int, float or bool, a list of one type, or the fields of an object.
ColumnType = type | list[Any] | dict[str, Any]
# In a row for export or training: messages that stood after the prompt, if there were any.
THEN = "then"
MODEL, HUMAN = "model", "human"  # the origins of texts
MESSAGES: ColumnType = [{"role": str, "content": str}]


class PromptRecord(NamedTuple):
    """What exports read of a prompt."""

    id: int
    messages: list[Row]
    given: str  # JSON of messages and tools where they are more than roles and texts, or ""
    split: str
    language: str
    use_case: str
    source: str = ""
    group: str = ""
    metadata: str = "{}"  # JSON
    content_warning: str = ""
    form: str = ""  # in which somebody wrote it here
    author: str = ""  # their number, as of annotators
    rubric: Sequence[Row] = ()


class CompletionRecord(NamedTuple):
    """What exports read of a completion; `model` is "" where no model is known."""

    id: int
    text: str
    finish_reason: str
    model: str
    origin: str = MODEL  # or HUMAN: a person wrote it


class Judged(NamedTuple):
    """A text with its tier: 1 is the best, equal tiers are ties."""

    tier: int
    text: str
    origin: str = MODEL
    model: str = ""  # its name; "" where a person wrote it, or none is known


class AnnotationRecord(NamedTuple):
    """What exports read of an annotation; `completions` are its task's, oldest first."""

    id: int
    kind: str
    annotator: int
    round: int
    body: dict[str, Any]
    shown_order: list[int]
    guideline_version: int
    active_seconds: int
    prompt: PromptRecord
    completions: Sequence[CompletionRecord]
    is_chosen: bool = False  # its prompt was chosen where reward models differ, not drawn
    settings: Any = None  # of its kind, as its task was opened: an instance of `Settings`
    concerns: str = ""  # their names, with a blank between two
    comment: str = ""
    preamble: int | None = None  # the key of what stood before the prompt
    created_at: str = ""  # ISO 8601, in UTC
    with_ties: bool = False  # two texts of one tier are pairs as well, one each way
    writers: Sequence[str] = ()  # of a live conversation: which model replied in each turn
    who: str = ""  # whom the file named that the answer came with (labeling.pseudonyms.of_file)

    def writer(self, turn: int) -> str:
        """Which model replied in a turn, counted from 0; "" where none is known."""
        return self.writers[turn] if turn < len(self.writers) else ""


@dataclass(frozen=True, kw_only=True, eq=False)
class Dataset:
    """One dataset, found by its name.

    columns: name -> type of what a kind says. The columns of the prompt and of the annotation stand
        around them in every dataset. A value is never None and a list never empty, so that
        `datasets.load_dataset` infers the same features from the first rows as from all.
    trl_type: TRL's name for it, "" where TRL has none.
    trainers: the trainers of TRL that take it as it is.
    note: what to know of it where no trainer takes it.
    """

    name: str
    label: "_StrPromise"
    columns: Mapping[str, ColumnType]
    trl_type: str = ""
    trainers: tuple[str, ...] = ()
    note: "_StrPromise | str" = ""


# What a kind exports: dataset -> the rows that one of its annotations gives, each with the
# dataset's columns.
Exports = Mapping[Dataset, Callable[[AnnotationRecord], Iterator[Row]]]

DEMONSTRATIONS = Dataset(
    name="demonstrations",
    label=_("Demonstrations"),
    trl_type="prompt-completion",
    trainers=("SFTTrainer",),
    columns={"completion": MESSAGES, "model": str},  # model: "" where a person wrote it
)
PREFERENCES = Dataset(
    name="preferences",
    label=_("Preferences"),
    trl_type="preference",
    trainers=("DPOTrainer", "RewardTrainer"),
    columns={
        "chosen": MESSAGES,
        "rejected": MESSAGES,
        "group_id": str,  # the pairs of one judgment share it
        "chosen_tier": int,
        "rejected_tier": int,
        "margin": float,  # see `margin`; TRL's RewardTrainer takes it into its loss
        # model or human: who wrote it.
        "chosen_origin": str,
        "rejected_origin": str,
        "chosen_model": str,
        "rejected_model": str,
    },
)
WIDEST = 3  # tiers: from there on a preference counts as "much better"


def assistant(text: str) -> list[Row]:
    """`text` as TRL's conversational format has it."""
    return [{"role": "assistant", "content": text}]


def margin(chosen: int, rejected: int) -> float:
    """By how much the reward of a tier should be above another's: a third each, 1 at the most.

    "Margin small" of Llama 2 (table 27 of arXiv 2307.09288): significantly better 1, better 2/3,
    slightly better 1/3, a tie 0.
    """
    return min(rejected - chosen, WIDEST) / WIDEST


def strict_pairs(
    annotation: AnnotationRecord, judged: Sequence[Judged], *, turn: int = 0
) -> Iterator[Row]:
    """A row of PREFERENCES for each two of `judged` in different tiers, the better one first.

    Where ties are asked for, two rows for each two in one tier. None for the same text twice:
    earlier versions took rankings that put it into two tiers. turn: that of a live conversation.
    """
    group = f"{annotation.kind}-{annotation.id}{f'-{turn}' if turn else ''}"
    for one, other in combinations(sorted(judged, key=_tier), 2):
        if one.text == other.text:
            continue
        if one.tier != other.tier:
            yield _pair(group, one, other)
        elif annotation.with_ties:
            yield _pair(group, one, other)
            yield _pair(group, other, one)


def _pair(group: str, chosen: Judged, rejected: Judged) -> Row:
    return {
        "chosen": assistant(chosen.text),
        "rejected": assistant(rejected.text),
        "group_id": group,
        "chosen_tier": chosen.tier,
        "rejected_tier": rejected.tier,
        "margin": margin(chosen.tier, rejected.tier),
        "chosen_origin": chosen.origin,
        "rejected_origin": rejected.origin,
        "chosen_model": chosen.model,
        "rejected_model": rejected.model,
    }


def _tier(text: Judged) -> int:
    return text.tier
