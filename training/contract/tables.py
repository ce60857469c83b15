"""The tables that platform and trainers exchange: every column with its type and meaning.

Which stage reads and writes which is said by its spec. A type is Arrow's, in plain values: the name
of one ("int64"), a list that holds the type of its items, or a dict of a struct's fields. Tables
lie as Parquet in a job's folder (`training.contract.files`), their columns in the order given here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

STOP, LENGTH = "stop", "length"  # values of finish_reason


@dataclass(frozen=True)
class Column:
    """One column of a table. optional: rows, and files of before it was thought of, may lack it."""

    type: Any
    meaning: str
    optional: bool = False


@dataclass(frozen=True)
class Table:
    """Columns by name, in order."""

    columns: Mapping[str, Column]

    def __or__(self, other: "Table") -> "Table":
        """These columns, then those of `other` that are not there yet."""
        return Table({**self.columns, **other.columns})

    def schema(self, arrow: ModuleType) -> Any:
        """As a schema of `arrow`, which is pyarrow: the contract itself does without."""
        return arrow.schema(
            [(name, _as_arrow(arrow, column.type)) for name, column in self.columns.items()]
        )


def _as_arrow(arrow: ModuleType, kind: Any) -> Any:
    match kind:
        case [item]:
            return arrow.list_(_as_arrow(arrow, item))
        case dict():
            return arrow.struct([(name, _as_arrow(arrow, part)) for name, part in kind.items()])
        case _:
            return arrow.type_for_alias(kind)


MESSAGES = Column(
    [{"role": "string", "content": "string"}], "the conversation, roles and texts, the user's last"
)
GIVEN = Column(
    "string",
    "JSON of the messages and tools as they were given; null where `messages` are all",
    True,
)
PROMPT_ID = Column("int64", "the prompt, by its id in the database")
ANNOTATION_ID = Column("int64", "the annotation that says so, by its id in the database")

PROMPTS = Table({"prompt_id": PROMPT_ID, "messages": MESSAGES, "given": GIVEN})

REQUESTS = PROMPTS | Table({"n": Column("int64", "how many completions are wanted")})

DEMONSTRATIONS = PROMPTS | Table({"completion": Column("string", "what the assistant should say")})

CORPUS = Table({"text": Column("string", "a document, as it is")})

RANKINGS = Table(
    {
        "annotation_id": ANNOTATION_ID,
        "annotator": Column("string", "who ranked; to measure agreement with each"),
        "prompt_id": PROMPT_ID,
        "messages": MESSAGES,
        "given": GIVEN,
        "completions": Column(["string"], "what was ranked"),
        "finished": Column(["bool"], "of each completion: it ended by itself, not at the limit"),
        "tiers": Column(
            [["int64"]],
            "positions in completions, the best tier first; the unacceptable are the last tier",
        ),
        "weight": Column(
            "double", "how much it counts, from 0 to 1; null, as where all count alike: 1", True
        ),
        "human": Column(
            ["int64"], "positions in completions of what people wrote; all else is a model's", True
        ),
    }
)

COMPLETIONS = Table(
    {
        "prompt_id": PROMPT_ID,
        "position": Column("int32", "counts the completions of one prompt, from 0"),
        "text": Column("string", "the completion, without NUL"),
        "tokens": Column("int32", "its length, the stop token included"),
        "finish_reason": Column("string", f"{STOP}: ended by itself; {LENGTH}: at the limit"),
    }
)

SAMPLES = (
    Table({"model": Column("string", "the key of the model in the spec's `models`")})
    | COMPLETIONS
    | Table(
        {
            "reward": Column("double", "the reward model's normalised score; null without one"),
            "kl": Column("double", "k1 to the reference, nats a completion; null without one"),
            "second_reward": Column("double", "the second reward model's; null without one", True),
        }
    )
)

RANKING_REWARDS = Table(
    {
        "annotation_id": ANNOTATION_ID,
        "rewards": Column(["double"], "raw score of each completion, in the ranking's order"),
    }
)

CANDIDATES = PROMPTS | Table({name: RANKINGS.columns[name] for name in ("completions", "finished")})

SCORES = Table(
    {
        "prompt_id": PROMPT_ID,
        "rewards": Column(["double"], "raw score of each completion, in the candidate's order"),
        "second_rewards": Column(["double"], "the same by the second reward model"),
    }
)
