"""Rubrics of prompts: read from files, and written on their pages until people grade by them."""

import json
from contextlib import suppress
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import audit
from core.errors import BadInputError, ConflictError
from core.hashing import canonical_sha256
from labeling.kinds import kinds
from labeling.models import Assignment, Prompt, Task
from labeling.rubric_form import Items, checked

THEIRS = "rubrics"  # HealthBench's key, whose items are {"criterion": "…", "points": 5, …}
OURS = "rubric"


def in_line(value: dict[str, Any]) -> Items:
    """The items that a line of a file has; BadInputError says what is wrong with them.

    [] where there are none. In our own export they are a text of JSON.
    """
    rows: Any = value.get(OURS)
    if rows is None and is_theirs(value):
        rows = [_ours(row) for row in value[THEIRS]]
    if isinstance(rows, str) and rows:
        with suppress(ValueError):
            rows = json.loads(rows)
    if not rows and rows in (None, "", []):
        return []
    form = _("“rubric” must be a list of items, each {“text”: …, “points”: …}")
    if not isinstance(rows, list):
        raise BadInputError(form)
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, dict) or row.keys() - {"text", "points"} or "text" not in row:
            raise BadInputError(_item(number, form))
        if type(row.get("points", 1)) is not int:
            raise BadInputError(_item(number, _("the points must be a whole number")))
    try:
        return checked({"items": rows})
    except BadInputError as error:
        path, what = next(iter(error.errors.items()), ("", error.message))
        place = next((int(part) for part in path.split(".") if part.isdecimal()), None)
        raise BadInputError(what if place is None else _item(place + 1, what)) from error


def is_theirs(value: dict[str, Any]) -> bool:
    """Whether the line has a rubric in HealthBench's form."""
    rows = value.get(THEIRS)
    if not isinstance(rows, list) or not rows:
        return False
    return all(isinstance(row, dict) and "criterion" in row for row in rows)


def seal(prompt: Prompt) -> str:
    """What tells the rubric at hand from another one."""
    return canonical_sha256(prompt.rubric)


def is_editable(prompt: Prompt) -> bool:
    """Whether nobody was ever given a task about the rubric."""
    readers = [name for name, kind in kinds().items() if kind.reads_rubric]
    return not Assignment.objects.filter(task__prompt=prompt, task__kind__in=readers).exists()


@transaction.atomic
def change(*, prompt: Prompt, content: object, before: str, by: User) -> None:
    """Give the prompt another rubric, or none; open tasks that nobody has begun ask by it.

    before: the seal of the one that the change began from. ConflictError where there is another
    one meanwhile, where people have begun to grade by it, and where tasks would be left without.
    """
    row = Prompt.objects.select_for_update().get(pk=prompt.pk)
    readers = [name for name, kind in kinds().items() if kind.reads_rubric]
    # People claim the tasks under their locks: those that wait find the new rubric.
    tasks = row.tasks.filter(kind__in=readers, state=Task.State.OPEN).order_by("pk")
    open_now = list(tasks.select_for_update(no_key=True).values_list("pk", flat=True))
    if seal(row) != before:
        raise ConflictError(_("Somebody has changed this rubric meanwhile. Open it anew."))
    if not is_editable(row):
        raise ConflictError(
            _(
                "People have begun to grade by this rubric, so it stays. For another one, withdraw"
                " the prompt and import it with a word changed."
            )
        )
    items = checked(content)
    if not items and open_now:
        raise ConflictError(_("Tasks ask by this rubric: withdraw them in the queue first."))
    if items == row.rubric:
        return
    Prompt.objects.filter(pk=row.pk).update(rubric=items)
    details = {"items": len(items)}
    audit(actor=by, action="rubric.changed", target=f"labeling.Prompt:{row.pk}", details=details)


def _ours(row: dict[str, Any]) -> dict[str, Any]:
    points = row.get("points")
    if isinstance(points, float) and points.is_integer():
        points = int(points)
    return {"text": row["criterion"], "points": points}


def _item(number: int, what: str) -> str:
    return _("item %(n)s of the rubric: %(what)s") % {"n": number, "what": what}
