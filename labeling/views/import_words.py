"""What the button says under the preview of a file: what will be stored, by what is chosen."""

from collections.abc import Collection

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from labeling.import_preview import Standing
from labeling.intake import Alike, Intake
from labeling.models import Project


def buttons(
    project: Project, taken: Intake, standing: Standing, needed: Collection[str]
) -> dict[str, list[str]]:
    """By what becomes of those that are like others: without repairs, and with some.

    "" where nothing would be stored.
    """
    return {
        alike: [
            button(taken.stored(project, alike, needed), standing, is_repaired=is_repaired)
            for is_repaired in (False, True)
        ]
        for alike in Alike.values
    }


def button(prompts: int, standing: Standing, *, is_repaired: bool) -> str:
    """What will be stored, beside lines whose repair nobody has tried yet."""
    labels = standing.labels
    parts = [
        ngettext("%(n)d prompt", "%(n)d prompts", prompts) % {"n": prompts} if prompts else "",
        ngettext("%(n)d label", "%(n)d labels", labels) % {"n": labels} if labels else "",
        _("the rubrics") if standing.rubrics else "",
        _("the repaired lines") if is_repaired else "",
    ]
    said = [part for part in parts if part]
    if not said:
        return ""
    what = said[0]
    for n, part in enumerate(said[1:], start=2):
        both = {"first": what, "second": part}
        what = (
            _("%(first)s and %(second)s") if n == len(said) else _("%(first)s, %(second)s")
        ) % both
    return _("Import %(what)s") % {"what": what}
