"""What a proposal is made of, by its form, and the messages that it becomes.

Plain and user-based ones are turns, the user's first and last. A few-shot one is an instruction,
solved examples and one more query; it becomes one message of the user's, laid out as

    INSTRUCTION

    Input: QUERY
    Output: RESPONSE

    Input: LAST QUERY
    Output:

with labels that its author may choose (docs/decisions/0070).
"""

from typing import Annotated, Any

from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from core.errors import BadInputError
from core.text import clean_text
from labeling.conversations import MOST_MESSAGES, check_messages
from labeling.models import PromptForm

LONGEST_LABEL = 40  # characters
FEWEST_SHOTS, MOST_SHOTS = 2, 20

Language = Annotated[str, StringConstraints(max_length=10, strip_whitespace=True)]
UseCase = Annotated[str, StringConstraints(max_length=40, strip_whitespace=True)]
Messages = list[dict[str, str]]


class Written(BaseModel):
    """The root: of any form."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    language: Language
    use_case: UseCase

    @property
    def body(self) -> dict[str, Any]:
        """What is kept as it was written."""
        return self.model_dump(exclude={"language", "use_case"})

    def messages(self) -> Messages:
        """What a model is asked; BadInputError says what is missing."""
        raise NotImplementedError


class Turns(Written):
    """A conversation: the user's text, or several turns."""

    turns: list[str]

    def messages(self) -> Messages:
        """Each turn a message; what was left empty at the end is no turn."""
        turns = list(self.turns)
        while turns and not turns[-1].strip():
            turns.pop()
        if not turns:
            raise _missing(_("The prompt is empty. Write it first."))
        if len(turns) % 2 == 0:
            raise _missing(_("The last turn is the assistant’s: write what the user says next."))
        if len(turns) > MOST_MESSAGES:
            raise _missing(_("A prompt has at most %(most)s turns.") % {"most": MOST_MESSAGES})
        if not all(turn.strip() for turn in turns):
            raise _missing(_("A turn is empty. Write it, or empty those after it too."))
        roles = ("user", "assistant")
        return check_messages(
            [{"role": roles[n % 2], "content": turn} for n, turn in enumerate(turns)]
        )


class Shots(Written):
    """An instruction with solved examples, and one more query."""

    instruction: str
    pairs: list[list[str]]
    query: str
    labels: list[str]

    def messages(self) -> Messages:
        """One message of the user's."""
        if not self.instruction.strip():
            raise _missing(_("The instruction is empty. Write it first."))
        pairs = [pair for pair in self.pairs if any(text.strip() for text in pair)]
        if not all(len(pair) == 2 and all(text.strip() for text in pair) for pair in pairs):
            raise _missing(_("An example needs both a query and a response."))
        if not FEWEST_SHOTS <= len(pairs) <= MOST_SHOTS:
            values = {"fewest": FEWEST_SHOTS, "most": MOST_SHOTS}
            raise _missing(_("Write %(fewest)s to %(most)s examples.") % values)
        if not self.query.strip():
            raise _missing(_("The last query is empty. Write what the model is to answer."))
        if len(self.labels) != 2 or not all(
            label.strip() and len(label) <= LONGEST_LABEL for label in self.labels
        ):
            text = _("Both labels are needed, each of at most %(most)s characters.")
            raise _missing(text % {"most": LONGEST_LABEL})
        text = layout(self.instruction, pairs, self.query, self.labels)
        return check_messages([{"role": "user", "content": text}])


SHAPES: dict[str, type[Written]] = {
    PromptForm.PLAIN: Turns,
    PromptForm.FEW_SHOT: Shots,
    PromptForm.USER_BASED: Turns,
}


def layout(instruction: str, pairs: list[list[str]], query: str, labels: list[str]) -> str:
    """The text of a few-shot prompt: proposal.js shows the same."""
    ask, answer = labels
    blocks = [f"{_after(ask)}{one}\n{_after(answer)}{other}" for one, other in pairs]
    return "\n\n".join([instruction, *blocks, f"{_after(ask)}{query}\n{answer}"])


def read(form: str, sent: dict[str, Any]) -> Written:
    """What a page sent of a proposal of this form; BadInputError where it cannot be that."""
    try:
        written = SHAPES[form].model_validate(sent)
    except ValidationError as error:
        field = ".".join(map(str, error.errors()[0]["loc"]))
        text = _("“%(name)s” cannot be taken. Load the proposal again.") % {"name": field}
        raise BadInputError(text, errors={field: text}) from error
    clean_text(written.language, field="language")
    clean_text(written.use_case, field="use_case")
    return written


def _after(label: str) -> str:
    return label if label.endswith("：") else f"{label} "


def _missing(text: str) -> BadInputError:
    return BadInputError(text, errors={"body": text})
