"""Datasets whose rows are those of another one in another shape."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from api.exports.around import OF_ANNOTATION
from labeling.datasets import DEMONSTRATIONS, MESSAGES, PREFERENCES, Dataset, Row


@dataclass(frozen=True, kw_only=True, eq=False)
class Shaped(Dataset):
    """One of them; `columns` are all that it has.

    of: whose rows they are. shape: what makes a row of one of its rows.
    """

    of: Dataset
    shape: Callable[[Row], Row]


def _conversation(row: Row) -> Row:
    """The prompt and what answers it as one list, without the columns of both."""
    rest = {name: value for name, value in row.items() if name not in {"prompt", "completion"}}
    return {"messages": [*row["prompt"], *row["completion"]], **rest}


def _of_openai(row: Row) -> Row:
    return {
        "input": {"messages": row["prompt"]},
        "preferred_output": row["chosen"],
        "non_preferred_output": row["rejected"],
    }


CONVERSATIONS = Shaped(
    name="conversations",
    label=_("Demonstrations as messages"),
    trl_type="language-modeling",
    trainers=("SFTTrainer",),
    columns={"messages": MESSAGES, "model": str, **OF_ANNOTATION},
    of=DEMONSTRATIONS,
    shape=_conversation,
)
OPENAI_PREFERENCES = Shaped(
    name="openai_preferences",
    label=_("Preferences as OpenAI has them"),
    note=_(
        "The form of OpenAI’s fine-tuning by preferences: “input”, “preferred_output” and "
        "“non_preferred_output”, and nothing else, as it takes nothing else. Of tools only what "
        "is text remains."
    ),
    columns={
        "input": {"messages": MESSAGES},
        "preferred_output": MESSAGES,
        "non_preferred_output": MESSAGES,
    },
    of=PREFERENCES,
    shape=_of_openai,
)
SHAPED = (CONVERSATIONS, OPENAI_PREFERENCES)
