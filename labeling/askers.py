"""Who asked what a prompt of a file asks, as far as the file says: told apart, not named."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.db.models import Count

from core.postgresql.among import Among
from labeling.models import Project

if TYPE_CHECKING:
    from labeling.prompt_files import PromptRow

KEYS = ("user_id", "user")  # of the metadata; the first one that says somebody counts


def asker(metadata: Mapping[str, Any]) -> str:
    """The same for the prompts of one user, whatever the case of their name; "" where none is."""
    for key in KEYS:
        said = metadata.get(key)
        if isinstance(said, str | int) and not isinstance(said, bool) and str(said).strip():
            name = str(said).strip().casefold()
            return hashlib.sha256(f"user {name}".encode()).hexdigest()
    return ""


def within_limit(project: Project, rows: Sequence["PromptRow"]) -> list[bool]:
    """Of each row, whether its user has fewer prompts in use, it among them, than is the limit.

    Those of no user, and all where the project has no limit, are within it.
    """
    most = project.prompts_per_user
    counts = _counts(project, {row.asker for row in rows if row.asker}) if most else {}
    found = []
    for row in rows:
        is_within = not most or not row.asker or counts.get(row.asker, 0) < most
        if is_within:
            counts[row.asker] = counts.get(row.asker, 0) + 1
        found.append(is_within)
    return found


def _counts(project: Project, askers: Collection[str]) -> dict[str, int]:
    found = project.prompts.filter(Among("asker", askers), withdrawn_at=None).order_by()
    return dict(found.values_list("asker").annotate(Count("pk")))
