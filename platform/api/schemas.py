"""What the bodies and answers of all operations have in common."""

from typing import TYPE_CHECKING, Annotated, Any, Generic, TypeVar

from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import ConfigDict, Field

from core import paging
from core.errors import BadRequestError
from core.text import MAX_TEXT

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import Model, QuerySet

Item = TypeVar("Item")
KEY = {"ge": 1, "lt": 2**63}  # of a row
Key = Annotated[int, Field(**KEY)]
Text = Annotated[str, Field(max_length=MAX_TEXT)]
Word = Annotated[str, Field(max_length=60, pattern=r"^[-.A-Za-z0-9_]*$")]  # as programs say it
Name = Annotated[str, Field(min_length=1, max_length=120)]
ACTIVE = "Seconds in which somebody worked on it, at most those of a day."


class Body(Schema):
    """A body: each value of the type that is asked for, and no field that is not."""

    model_config = ConfigDict(extra="forbid", strict=True)


def example(**fields: Any) -> dict[str, Any]:
    """A body as the document shows it: the `json_schema_extra` of a `Body`."""
    return {"examples": [fields]}


class Place(Schema):
    """Where a page begins, and how much it holds."""

    cursor: str | None = Field(
        None, max_length=200, description="`next` of the page before; without it the first page."
    )
    limit: int = Field(50, ge=1, le=200, description="So many items at most.")


class Page(Schema, Generic[Item]):
    """A page of a list. next: the `cursor` of the page after it, null where there is none."""

    items: list[Item]
    next: str | None


def page_of(
    rows: "QuerySet[Any, Any]",
    place: Place,
    out: "Callable[[Any], Any]",
    *,
    newest_first: bool = True,
) -> dict[str, Any]:
    """The page of `rows` at `place`, each as `out` gives it; BadRequestError for no cursor."""
    if place.cursor is not None and paging.as_key(place.cursor) is None:
        raise BadRequestError(_("There is no such cursor: take `next` of the page before."))
    page: paging.Page[Model] = paging.Page(
        rows, size=place.limit, beyond=place.cursor, newest_first=newest_first
    )
    return {
        "items": [out(row) for row in page.rows],
        "next": None if page.next is None else str(page.next),
    }


class FieldProblem(Schema):
    """What is wrong with one field, dotted where nested."""

    field: str
    message: str


class Problem(Schema):
    """What went wrong (RFC 9457). type: a word for programs; detail says what to do next."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldProblem]
    request_id: str
