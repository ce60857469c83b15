"""What people left to others, and why."""

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from api.exports.around import OF_PROMPT, of_prompt
from api.exports.filters import Filters
from api.exports.records import skip_records
from api.exports.source import Maker, Source
from labeling.datasets import MESSAGES, ColumnType, Dataset, Row
from labeling.given import given, whole
from labeling.models import Assignment, Project
from labeling.pseudonyms import naming

if TYPE_CHECKING:
    from django.db.models import QuerySet

SKIPS = Dataset(
    name="skips",
    label=_("Skipped tasks"),
    note=_("Each task that somebody left to others, with the reason and the note that they gave."),
    columns={"reason": str, "note": str},
)
OF_SKIP: dict[str, ColumnType] = {
    "assignment_id": int,
    "kind": str,
    "annotator": str,  # a pseudonym
    "round": int,
    "created_at": str,  # when it was skipped: ISO 8601, in UTC
    "active_seconds": int,
    **OF_PROMPT,
}


def _wanted(dataset: Dataset, project: Project, filters: Filters) -> "QuerySet[Assignment]":
    """Of labels, and of people where the project is of people."""
    found = Assignment.objects.filter(
        task__project=project,
        state="skipped",
        purpose="label",
        task__purpose="label",
        annotator__is_simulated=project.is_simulated,
    )
    return filters.on_skips(found, project)


def _make(dataset: Dataset, project: Project, filters: Filters) -> Maker:
    preambles = dict(project.preambles.values_list("pk", "messages"))
    name = naming(project)

    def rows(keys: Collection[int]) -> Iterator[Row]:
        for skip in skip_records(keys):
            before = preambles.get(skip.preamble or 0, [])
            reason, _colon, note = skip.reason.partition(": ")
            yield {
                "prompt": given(before, skip.prompt.messages),
                "reason": reason,
                "note": note,
                "assignment_id": skip.id,
                "kind": skip.kind,
                "annotator": name(skip.annotator),
                "round": skip.round,
                "created_at": skip.created_at,
                "active_seconds": skip.active_seconds,
                **of_prompt(skip.prompt),
                "given": whole(before, skip.prompt.given),
            }

    return rows


SOURCE = Source(
    first={"prompt": MESSAGES},
    around=OF_SKIP,
    filters=frozenset({"round", "kind", "split", "language", "annotator", "since", "until"}),
    wanted=_wanted,
    make=_make,
)
