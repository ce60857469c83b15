"""A page of rows at a time, by key: as quick at the end of a long table as at its start."""

from typing import Any, Generic, TypeVar

from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)
LARGEST_KEY = 2**63 - 1  # of a bigint


class Page(Generic[Row]):
    """The first `size` rows of `rows` beyond the key `beyond`, newest first or oldest first.

    beyond: as an address gives it, "" for the first page; what is not a key counts as that.
    Attributes: `rows`, a list; `next`, the key that the page after this one begins beyond, None
    where there are no more rows.
    """

    def __init__(
        self,
        rows: "QuerySet[Row, Any]",
        *,
        size: int,
        beyond: str | int | None = "",
        newest_first: bool = True,
    ) -> None:
        key = as_key(beyond)
        if key is not None:
            rows = rows.filter(pk__lt=key) if newest_first else rows.filter(pk__gt=key)
        # One more than is shown tells whether there is a next page.
        found = list(rows.order_by("-pk" if newest_first else "pk")[: size + 1])
        self.rows: list[Row] = found[:size]
        self.next: int | None = found[size - 1].pk if len(found) > size else None


def as_key(text: str | int | None) -> int | None:
    """The key that an address names; None where it names none that a row could have."""
    digits = str(text or "")
    if not (digits.isascii() and digits.isdecimal() and len(digits) < 20):
        return None
    return key if (key := int(digits)) <= LARGEST_KEY else None
