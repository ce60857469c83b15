"""Which prompts of a file are stored, and what belongs to what is there: asked before and at it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.postgresql.among import Among
from labeling.askers import within_limit
from labeling.health.near import Near, look_at
from labeling.models import Project
from labeling.prompt_files import PromptRow


class Alike(models.TextChoices):
    """What becomes of prompts that are like another one before them, or there."""

    ALL = "all", _("Import all: they share a split")
    SAME = "same", _("Leave out those that differ in white space, case or Unicode form only")
    NEAR = "near", _("Leave out all that are nearly the same")


@dataclass(frozen=True, kw_only=True)
class Intake:
    """What an import of some rows would store, and why not the others.

    rows: to be stored, with their languages. new: all that are not there. known: hashes of those
    that are. same: rows that differ from another in white space, case or Unicode form only, near:
    that are nearly the same; these are among `rows` unless they are left out. left_out: hashes of
    those that are; beyond: of those that are left out since their user has as many as the project
    takes. is_whole: whether there was time to tell near ones.
    """

    rows: list[PromptRow]
    new: list[PromptRow]
    languages: list[str]
    known: set[str]
    same: list[PromptRow]
    near: list[Near]
    left_out: set[str]
    beyond: set[str]
    is_whole: bool

    @property
    def near_only(self) -> list[Near]:
        """Those that differ from another in more than white space, case and Unicode form."""
        same = _hashes(self.same)
        return [near for near in self.near if near.row.sha256 not in same]

    def stored(self, project: Project, alike: str, needed: Collection[str] = ()) -> int:
        """How many would be stored if this became of those that are like others. See `take`."""
        out = _out(self.same, self.near, alike)
        return len(_within(project, [row for row in self.new if _is_in(row, out, needed)], needed))

    @property
    def linked(self) -> dict[str, str]:
        """Hash of a row -> the conversation of what it is nearly the same as."""
        return {near.row.sha256: near.conversation for near in self.near}


def take(
    project: Project,
    rows: Sequence[PromptRow],
    *,
    alike: str = Alike.ALL,
    needed: Collection[str] = (),
    compares: bool = True,
    tells_same: bool = True,
) -> Intake:
    """What is stored of rows. compares: whether `near` is looked for, which takes time.

    needed: hashes of those that are stored whatever they are like, for labels. tells_same: whether
    `same` is to be whole; else it has those alone that `alike` leaves out.
    """
    by_sha: dict[str, PromptRow] = {}
    for row in rows:
        by_sha.setdefault(row.sha256, row)
    found = project.prompts.filter(Among("sha256", by_sha))
    known = set(found.values_list("sha256", flat=True))
    new = [row for sha256, row in by_sha.items() if sha256 not in known]
    looked = look_at(project, new, compares=compares)
    languages = dict(zip((row.sha256 for row in new), looked.languages, strict=True))
    if tells_same:
        asked = new
    else:
        asked = [row for row in new if alike != Alike.ALL and not _stays(row, needed)]
    same = _same(project, new, asked)
    out = _out(same, looked.near, alike)
    kept = [row for row in new if _is_in(row, out, needed)]
    stored = _within(project, kept, needed)
    return Intake(
        rows=stored,
        new=new,
        languages=[languages[row.sha256] for row in stored],
        known=known,
        same=same,
        near=looked.near,
        left_out=_hashes(new) - _hashes(kept),
        beyond=_hashes(kept) - _hashes(stored),
        is_whole=looked.is_whole,
    )


def _hashes(rows: Sequence[PromptRow]) -> set[str]:
    return {row.sha256 for row in rows}


def _out(same: Sequence[PromptRow], near: Sequence[Near], alike: str) -> set[str]:
    """Hashes of those that are left out by choice."""
    out = _hashes(same) if alike in (Alike.SAME, Alike.NEAR) else set()
    return out | {each.row.sha256 for each in near} if alike == Alike.NEAR else out


def _is_in(row: PromptRow, out: Collection[str], needed: Collection[str]) -> bool:
    return _stays(row, needed) or row.sha256 not in out


def _stays(row: PromptRow, needed: Collection[str]) -> bool:
    """Whether it is stored whatever it is like.

    So is what Rondo exported: two prompts of a project are two when they come back.
    """
    return row.is_ours or row.sha256 in needed


def _within(
    project: Project, kept: Sequence[PromptRow], needed: Collection[str]
) -> list[PromptRow]:
    """Those whose users have fewer than the project takes of one, and those that are needed."""
    within = within_limit(project, kept)
    return [
        row
        for row, is_within in zip(kept, within, strict=True)
        if is_within or row.sha256 in needed
    ]


def _same(
    project: Project, rows: Sequence[PromptRow], asked: Sequence[PromptRow]
) -> list[PromptRow]:
    """Those that are asked of which are like a prompt that is there, or like a row before them."""
    if not asked:
        return []
    found = project.prompts.filter(
        Among("conversation", {row.conversation for row in asked}),  # has an index
        Among("likeness", {row.likeness for row in asked}),
    )
    open_ = _hashes(asked)
    seen = set(found.values_list("likeness", flat=True))
    same = []
    for row in rows:
        if row.likeness in seen and row.sha256 in open_:
            same.append(row)
        seen.add(row.likeness)
    return same
