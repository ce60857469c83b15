"""NeMo-RL's ranked completions: a context, and completions with ranks, the lowest the best.

https://docs.nvidia.com/nemo/rl: {"context": [messages], "completions": [{"rank": 0, "completion":
[messages]}, …]}.
"""

from typing import ClassVar

from django.utils.translation import gettext as _

from core.errors import BadInputError
from labeling.formats.base import Entry, Format, Row, by_score
from labeling.formats.reading import answer, around, conversation


class NeMo(Format):
    """Ranked completions."""

    name = "nemo"
    label = "NeMo-RL"
    needed: ClassVar[tuple[str, ...]] = ("context",)

    def fits(self, row: Row) -> float:
        """By its keys."""
        return float(row.keys() >= {"context", "completions"})

    def read(self, row: Row) -> list[Entry]:
        """An order of the completions."""
        found = row.get("completions")
        if not isinstance(found, list) or len(found) < 2:
            raise BadInputError(_("“completions” must be a list of two or more"))
        texts = []
        for each in found:
            rank = each.get("rank") if isinstance(each, dict) else None
            if not isinstance(rank, int) or isinstance(rank, bool):
                raise BadInputError(_("a completion has no “%(name)s”") % {"name": "rank"})
            texts.append((answer(each.get("completion")), -float(rank), ""))
        messages = conversation(row.get("context"))
        prompt = {**around(row, but={"context", "completions"}), "messages": messages}
        return [Entry(prompt=prompt, labels=(by_score(texts),))]
