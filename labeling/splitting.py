"""Which side of the held-out split new prompts go to: what belongs together stays together.

Turns of one conversation, near-identical prompts, what a file puts into one group and what one user
asked would tell a model what it is evaluated on. A new prompt goes where those of its kin are that
the project has; else to the side that the file names for one of them; else by a hash, at the share
that was asked. A file is read in parts: where a later one joins what came to both sides, all that
it joins is gathered in training at the end.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from core.postgresql.among import Among
from labeling.models import Annotation, Project, Prompt, Split
from labeling.prompt_files import PromptRow

AT_ONCE = 2_500  # prompts whose kin are looked for together


class Kin:
    """The rows of a file and the prompts of a project, joined by conversation and by group.

    linked: hash of a row -> a conversation that it belongs to besides, since it is nearly the same.
    by_user: whether what one user asked is joined.
    """

    def __init__(
        self,
        project: Project,
        rows: Sequence[PromptRow],
        *,
        linked: Mapping[str, str] | None = None,
        by_user: bool = True,
    ) -> None:
        self._above: dict[str, str] = {}
        self._sides: dict[str, set[str]] = defaultdict(set)
        linked = linked or {}
        for row in rows:
            also = [linked[row.sha256]] if row.sha256 in linked else []
            self._join([*_keys(row.conversation, row.group, row.asker if by_user else ""), *also])
        groups = {row.group for row in rows if row.group}
        askers = {row.asker for row in rows if row.asker and by_user}
        names = "conversation", "group_name", "asker", "split"
        found = project.prompts.values_list(*names).distinct()
        conversations = {row.conversation for row in rows} | set(linked.values())
        there = set(found.filter(Among("conversation", conversations)))
        there |= set(found.filter(Among("group_name", groups))) if groups else set()
        there |= set(found.filter(Among("asker", askers))) if askers else set()
        settled = [
            (_keys(conversation, group, asker if by_user else ""), split)
            for conversation, group, asker, split in there
        ]
        settled += [([row.conversation], row.split) for row in rows if row.split]
        for keys, _split in settled:
            self._join(keys)
        for keys, split in settled:
            self._sides[self._root(keys[0])].add(split)
        self._names: dict[str, str] = {}
        for key in self._above:
            root = self._root(key)
            self._names[root] = min(key, self._names.get(root, key))

    def side(self, row: PromptRow, *, heldout_percent: int) -> str:
        """The split of a new row. One whose kin are on both sides goes to training."""
        root = self._root(row.conversation)
        if row.split:
            return row.split
        if sides := self._sides.get(root):
            return Split.TRAIN if Split.TRAIN in sides else Split.HELDOUT
        is_heldout = int(self._names[root][:8], 16) % 100 < heldout_percent
        return Split.HELDOUT if is_heldout else Split.TRAIN

    def apart(self, rows: Iterable[PromptRow]) -> int:
        """How many of the rows name a split, with kin on the other side of it."""
        named = (self._sides[self._root(row.conversation)] for row in rows if row.split)
        return sum(len(sides) > 1 for sides in named)

    @property
    def is_torn(self) -> bool:
        """Whether some that belong together are on both sides."""
        return any(len(sides) > 1 for sides in self._sides.values())

    def _root(self, key: str) -> str:
        while (above := self._above.setdefault(key, key)) != key:
            self._above[key] = self._above[above]
            key = above
        return key

    def _join(self, keys: Sequence[str]) -> None:
        roots = sorted({self._root(key) for key in keys})
        for root in roots[1:]:
            self._above[root] = roots[0]


def gather(project: Project, heldout: Sequence[int], *, by_user: bool) -> None:
    """Move those of the prompts with these keys to training that have kin there, and their kin.

    heldout: prompts of one file whose side was chosen before all of it was read: a later part of
    it may join what was on both sides.
    """
    left = list(heldout)
    while moved := [
        pk
        for at in range(0, len(left), AT_ONCE)
        for pk in _beside_training(project, left[at : at + AT_ONCE], by_user=by_user)
    ]:
        for at in range(0, len(moved), AT_ONCE):
            some = moved[at : at + AT_ONCE]
            Prompt.objects.filter(Among("id", some)).update(split=Split.TRAIN)
            labels = Annotation.objects.filter(Among("task__prompt_id", some))
            labels.update(split=Split.TRAIN)
        gone = set(moved)
        left = [pk for pk in left if pk not in gone]


def _beside_training(project: Project, keys: Sequence[int], *, by_user: bool) -> list[int]:
    """Those of the prompts with these keys that have kin in training."""
    prompts = project.prompts.filter(Among("id", keys)).order_by("pk")
    rows = list(prompts.values_list("pk", "conversation", "group_name", "asker"))
    training = project.prompts.filter(split=Split.TRAIN).order_by()
    found: set[int] = set()
    for place, name in enumerate(("conversation", "group_name", "asker")[: 3 if by_user else 2], 1):
        said = {str(row[place]) for row in rows} - {""}
        there = training.filter(Among(name, said)).values_list(name, flat=True).distinct()
        known = set(there) if said else set()
        found |= {row[0] for row in rows if row[place] in known}
    return sorted(found)


def _keys(conversation: str, group: str, asker: str) -> list[str]:
    """What joins a prompt to others: hashes, as evenly spread as their first digits."""
    named = [hashlib.sha256(f"group {group}".encode()).hexdigest()] if group else []
    return [conversation, *named, *([asker] if asker else [])]
