"""What a format of labeled data gives: prompts, and what was said of texts for them.

A format is one module here, which knows no model and no database: of a row of a file it makes
entries. An entry is a prompt, as `labeling.prompt_files.row_of` reads one, with its labels. How a
label is stored, kinds of annotation say (`AnnotationKind.imported`).
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext as _

from core.errors import BadInputError
from training.contract.tables import STOP

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Row = dict[str, Any]
MOST_TEXTS = 9  # of one label: as many as the page of a task can show


@dataclass(frozen=True, kw_only=True)
class Text:
    """A text that was judged.

    tier: 1 is the best, equal tiers are ties. acceptable: nobody called it unfit to be shown.
    model: the name of what wrote it, if known. finish_reason: of training.contract.tables.
    is_human: a person wrote it. shown_at: its place on the page, from 1; 0 where that is not known.
    key: tells it from others of the same words; "" where these are one.
    """

    text: str
    tier: int = 1
    acceptable: bool = True
    model: str = ""
    finish_reason: str = STOP
    is_human: bool = False
    shown_at: int = 0
    key: str = ""

    @property
    def identity(self) -> str:
        """The same for what is one text of a label."""
        return self.key or self.text


@dataclass(frozen=True, kw_only=True)
class Label:
    """What somebody said: a text that they wrote, or a judgment of `texts`.

    who: the person, as the file names them; kept as a pseudonym. about: what else the file says of
    it. kind: the kind of annotation, where Rondo exported it. group: labels that share one are
    parts of one judgment. concerns, comment: what went with the answer. dataset, rows: of Rondo's
    own exports, where the kind that has this dataset reads them (labeling.kinds.reading). rubric:
    what its prompt must be graded by.
    """

    written: str = ""
    texts: tuple[Text, ...] = ()
    who: str = ""
    about: Row = field(default_factory=dict)
    kind: str = ""
    group: str = ""
    concerns: tuple[str, ...] = ()
    comment: str = ""
    dataset: str = ""
    rows: tuple[Row, ...] = ()
    rubric: tuple[Row, ...] = ()

    @property
    def is_ordered(self) -> bool:
        """Whether the tiers of its texts say something: a tie of a kind's own rows need not."""
        tiers = {text.tier for text in self.texts}
        return len(self.texts) > 1 and (len(tiers) > 1 or not self.dataset)

    @property
    def has_strength(self) -> bool:
        """Whether it says of two texts that Rondo has exported by how much one is better."""
        tiers = [text.tier for text in self.texts]
        return bool(self.kind) and len(tiers) == 2 and abs(tiers[0] - tiers[1]) > 1


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A prompt, as a line of a file of prompts says it, and its labels."""

    prompt: Row
    labels: tuple[Label, ...] = ()


class Format(ABC):
    """One format. name: for addresses. label: for people. needed: a column that tables name."""

    name: ClassVar[str]
    label: ClassVar["_StrPromise | str"]
    needed: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def fits(self, row: Row) -> float:
        """How surely a row is of this format, from 0 to 1."""

    @abstractmethod
    def read(self, row: Row) -> list[Entry]:
        """What a row says; BadInputError where it is wrong."""


def preferred(chosen: str, rejected: str, models: Sequence[str] = ("", ""), **more: Any) -> Label:
    """A judgment of two texts. models: the names of what wrote them."""
    if not chosen.strip() or not rejected.strip():
        raise BadInputError(_("one of the two texts is empty"))
    if chosen == rejected:
        raise BadInputError(_("the two texts are the same"))
    better, worse = models
    texts = (Text(text=chosen, model=better), Text(text=rejected, tier=2, model=worse))
    return Label(texts=texts, **more)


def by_score(texts: list[tuple[str, float, str]], **more: Any) -> Label:
    """A judgment of texts, each with its score, the more the better, and its model."""
    scores = sorted({score for _text, score, _model in texts}, reverse=True)
    place = {score: tier for tier, score in enumerate(scores, 1)}
    kept = sorted(texts, key=lambda each: place[each[1]])[:MOST_TEXTS]
    return Label(
        texts=tuple(Text(text=text, tier=place[s], model=model) for text, s, model in kept), **more
    )
