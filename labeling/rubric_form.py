"""What a rubric is: items that a good answer to one prompt meets, or a bad one, with points.

As HealthBench has them (Arora et al. 2025, arXiv 2505.08775): each prompt brings its own, points
may be negative, and a text's score is the points that it meets over all positive ones.
"""

from typing import Annotated, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import Field, ValidationError, field_validator

from core.errors import BadInputError
from core.text import clean_json
from labeling.kinds.settings import Said, Settings, problems

MOST_ITEMS = 60
LONGEST = 1000  # characters of an item
MOST_POINTS = 100
Items = list[dict[str, Any]]


class Item(Settings):
    """One item: a yes or no about a text."""

    text: Annotated[
        str,
        Field(min_length=1, max_length=LONGEST),
        Said(label=gettext_lazy("What a text does that meets it"), is_long=True),
    ]
    points: Annotated[
        int,
        Field(ge=-MOST_POINTS, le=MOST_POINTS),
        Said(
            label=gettext_lazy("Points"), help=gettext_lazy("Below 0 for what counts against it.")
        ),
    ] = 1

    @field_validator("points")
    @classmethod
    def _counts(cls, points: int) -> int:
        if points == 0:
            raise ValueError(_("An item without points says nothing: write 1 or more, or -1."))
        return points


class Rubric(Settings):
    """All items of a prompt; none where it has no rubric."""

    items: Annotated[
        list[Item],
        Field(max_length=MOST_ITEMS),
        Said(
            label=gettext_lazy("Items"),
            help=gettext_lazy("Each is met or not met; write what can be seen in the text."),
            row=gettext_lazy("Item"),
        ),
    ]

    @field_validator("items")
    @classmethod
    def _reachable(cls, items: list[Item]) -> list[Item]:
        if items and not any(item.points > 0 for item in items):
            raise ValueError(_("One item at least needs points above 0."))
        return items


def checked(content: object) -> Items:
    """The items of `content`, as they are stored; BadInputError names each field that is wrong."""
    try:
        found = Rubric.model_validate(clean_json(content))
    except ValidationError as error:
        message = _("The rubric is not stored: look at what is marked.")
        raise BadInputError(message, errors=problems(error)) from error
    items: Items = found.model_dump(mode="json")["items"]
    return items


def best(items: Items) -> int:
    """The points that a text without faults gets."""
    return sum(item["points"] for item in items if item["points"] > 0)


def met_points(items: Items, met: list[bool]) -> int:
    """The points of the items that a text meets."""
    return sum(item["points"] for item, is_met in zip(items, met, strict=True) if is_met)
