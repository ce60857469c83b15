"""Settings of kinds: each change is a version, and the earlier ones stay (docs/decisions/0058)."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from pydantic import ValidationError

from accounts.models import User
from accounts.services import audit
from core.errors import BadInputError, ConflictError
from core.text import clean_json
from labeling.kinds import kinds
from labeling.kinds.settings import problems
from labeling.models import KindSettings, Project, Task
from labeling.queries import TaskQuerySet
from labeling.queue.locking import locked


def newest(project: Project, kind: str) -> KindSettings | None:
    """The version in force; None where the built-in template is, or the kind has no settings."""
    if kinds()[kind].Settings is None:
        return None
    return project.kind_settings.filter(kind=kind).order_by("-number").first()


def in_force(project: Project, kind: str) -> KindSettings | None:
    """What a task that is opened now is asked under; None for a kind without settings.

    Where nothing is stored yet the built-in template becomes version 1: it may change with a
    release, and answers are read with the words that they were given under.
    """
    if kinds()[kind].Settings is None:
        return None
    template = kinds()[kind].read_settings(None).model_dump(mode="json")
    return (
        newest(project, kind)
        or (
            KindSettings.objects.get_or_create(
                project=project, kind=kind, number=1, defaults={"content": template}
            )[0]
        )
    )


def checked(kind: str, content: object) -> dict[str, Any]:
    """`content` as it is stored; BadInputError names each field that is wrong."""
    try:
        found = kinds()[kind].read_settings(clean_json(content))
    except ValidationError as error:
        message = _("The settings are not stored: look at what is marked.")
        raise BadInputError(message, errors=problems(error)) from error
    stored: dict[str, Any] = found.model_dump(mode="json")
    return stored


@transaction.atomic
def change(
    *, project: Project, kind: str, content: object, number: int, by: User, open_tasks: bool
) -> KindSettings:
    """Store a new version, unless nothing differs from the one in force.

    number: of the version that the change began from; ConflictError where there is a newer one.
    open_tasks: it holds for the open tasks that nobody has begun as well.
    """
    # People claim tasks under their locks, which come before the project's.
    batches = list(locked(not_begun(project, kind))) if open_tasks else []
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    before = in_force(project, kind)
    assert before is not None
    if before.number != number:
        raise ConflictError(
            _("Somebody has changed these settings meanwhile. Open them anew and change those.")
        )
    clean = checked(kind, content)
    after = before
    if clean != before.content:
        after = KindSettings.objects.create(
            project=project, kind=kind, number=number + 1, content=clean, created_by=by
        )
    older = not_begun(project, kind).exclude(settings=after)
    moved = sum(older.filter(pk__in=ids).update(settings=after) for ids in batches)
    if after != before or moved:
        details = {"kind": kind, "version": after.number, "open_tasks": moved}
        target = f"labeling.Project:{project.pk}"
        audit(actor=by, action="kind.changed", target=target, details=details)
    return after


def not_begun(project: Project, kind: str) -> TaskQuerySet:
    """The open tasks that nobody was ever given: another version may hold for them."""
    return Task.objects.filter(project=project, kind=kind, state="open", assignments=None)
