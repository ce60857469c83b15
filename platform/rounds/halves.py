"""Two halves of a project's prompts, for two reward models that share no label.

By a hash of the group that the file named, else of the conversation's beginning: what belongs
together (docs/decisions/0020) falls into one half, and never moves to the other.
"""

from collections.abc import Iterable, Iterator

from django.db.models import Case, F, Q, When
from django.db.models.functions import MD5, Right
from django.db.models.lookups import In

from core.tables import Row
from labeling.models import Project, Split
from rounds.models import Half

SECOND = "89abcdef"  # last digits; what is held out is drawn by the first ones


def in_half(half: str, *, prompt: str = "") -> Q:
    """Of the training prompts those in `half`, all where it is empty; what is held out serves both.

    prompt: what leads to the prompt, as "task__prompt__".
    """
    if not half:
        return Q()
    named = f"{prompt}group_name"
    key = Case(When(**{named: ""}, then=F(f"{prompt}conversation")), default=MD5(named))
    is_second = Q(In(Right(key, 1), list(SECOND)))
    own = is_second if half == Half.SECOND else ~is_second
    return own | Q(**{f"{prompt}split": Split.HELDOUT})


def rows_in(half: str, project: Project, rows: Iterable[Row]) -> Iterator[Row]:
    """Those rows of a snapshot whose prompts are in `half`."""
    if not half:
        yield from rows
        return
    prompts = set(project.prompts.filter(in_half(half)).values_list("pk", flat=True))
    yield from (row for row in rows if row["prompt_id"] in prompts)
