"""What a ranking is."""

from collections import Counter
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from labeling.kinds.base import Body, unfit
from labeling.kinds.texts import WrittenText
from labeling.models import Task


class Written(Body):
    """The annotator's own text, where none of those shown was good enough.

    original: the completion that it edits; None: written from the start.
    tied: as good as the first tier; else above all that was shown.
    """

    original: int | None = None
    text: WrittenText
    tied: bool = False


class RankingBody(Body):
    """Completion ids in tiers, best first; those in one tier are tied."""

    tiers: list[list[int]] = Field(max_length=9)
    unacceptable: list[int]
    written: Written | None = None

    @model_serializer(mode="wrap")
    def _dump(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Nothing of `written` where nothing is: as the bodies are that came before it."""
        found: dict[str, Any] = dump(self)
        if self.written is None:
            found.pop("written")
        return found


def check_places(task: Task, body: RankingBody) -> None:
    """BadInputError unless each completion has one place, and the same text the same one."""
    if any(not tier for tier in body.tiers):
        raise unfit("tiers", _("A tier is empty."))
    given = Counter(pk for tier in [*body.tiers, body.unacceptable] for pk in tier)
    if twice := [pk for pk, count in given.items() if count > 1]:
        raise unfit("tiers", _("Completion %(id)s has two places.") % {"id": twice[0]})
    asked = set(task.completion_ids)
    if foreign := sorted(given.keys() - asked):
        raise unfit(
            "tiers", _("Completion %(id)s does not belong to the task.") % {"id": foreign[0]}
        )
    if missing := len(asked - given.keys()):
        text = ngettext(
            "One completion has no place yet.",
            "%(count)s completions have no place yet.",
            missing,
        )
        raise unfit("tiers", text % {"count": missing})
    place = {pk: n for n, tier in enumerate([*body.tiers, body.unacceptable]) for pk in tier}
    twins = zip(task.completion_ids, task.twins, strict=True)
    if any(place[pk] != place[twin] for pk, twin in twins):
        raise unfit("tiers", _("The same text stands in two tiers: put it into one of them."))


def check_written(task: Task, written: Written, tiers: list[list[int]], *, offered: bool) -> None:
    """BadInputError unless the annotator's own text is one, and can have the place it says.

    offered: by the project, when the task was opened.
    """
    if not offered:
        raise unfit("written", _("This task takes no text of your own. Discard it and submit."))
    if written.original is not None and written.original not in task.completion_ids:
        raise unfit("written", _("This completion does not belong to the task."))
    if written.tied and not tiers:
        raise unfit("written", _("No text is acceptable, so yours can be as good as none of them."))
    if task.completions.filter(text=written.text).exists():
        raise unfit(
            "written",
            _("What you wrote is one of the texts above. Change it, or discard it and submit."),
        )
