"""Models of exports. Written by scripts/client from the server's OpenAPI."""

from datetime import date, datetime
from typing import Literal

from rondo_client.base import Received, Sent


class FiltersIn(Sent):
    """As in the address of an export."""

    # Tasks of this round only.
    round: int | None = None
    # Answers of this kind only.
    kind: (
        Literal[
            "ranking",
            "demonstration",
            "correction",
            "combined",
            "comparison",
            "critique",
            "dialogue",
            "grading",
            "rating",
            "rules",
            "stepwise",
        ]
        | None
    ) = None
    # Prompts of this split only.
    split: Literal["train", "heldout"] | None = None
    # Prompts of this language only: en.
    language: str | None = None
    # Answers of this person, by pseudonym.
    annotator: str | None = None
    # Given on this day (UTC) or later: 2026-11-27.
    since: date | None = None
    # Given on this day (UTC) or earlier.
    until: date | None = None
    # With a text of the model of this name.
    model: str | None = None
    # Tasks whose answers agree by so many percent; of one answer no figure.
    agreement_at_least: int | None = None
    # By so many percent or fewer.
    agreement_at_most: int | None = None
    # Answers that stand out for this reason; none: for no reason.
    flag: Literal["any", "none", "fast", "place", "line", "far"] | None = None
    # given: what each annotator said, also where a reviewer's decision counts instead. Else what
    # counts.
    answers: Literal["counted", "given"] | None = None
    # best: the best tier against the others, not the others among themselves.
    pairs: Literal["all", "best"] | None = None
    # both_ways: of two tied texts a pair each way. Else none.
    ties: Literal["leave_out", "both_ways"] | None = None


class Frozen(Received):
    """A frozen export. state: of the job that writes it; until it has, sha256 is "" and size 0."""

    id: int
    dataset: str
    encoding: str
    filters: dict[str, str]
    state: str
    sha256: str
    size: int
    made_by: str
    created_at: datetime
