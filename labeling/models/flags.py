"""Why an answer deserves a look: evidence found in the background, which decides nothing."""

import math
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from labeling.models.annotations import Annotation
from labeling.models.projects import Project


class Flag(models.TextChoices):
    """What may stand out, each a column of Flagged."""

    FAST = "fast", gettext_lazy("Faster than reading")
    PLACE = "place", gettext_lazy("Always the same place")
    LINE = "line", gettext_lazy("Always the same answer")
    FAR = "far", gettext_lazy("Far from the others")


class Flagged(models.Model):
    """An answer that stands out, with the figures of each reason; written by quality.flags."""

    annotation = models.OneToOneField(
        Annotation, models.CASCADE, primary_key=True, related_name="flagged"
    )
    # The annotation's, once more: the list of answers reads one index.
    project = models.ForeignKey(Project, models.CASCADE, related_name="+", db_index=False)
    fast = models.JSONField(null=True)  # seconds, units, usual (seconds), by_character
    place = models.JSONField(null=True)  # place, of, length, chance
    line = models.JSONField(null=True)  # length, chance; tied: no text before another
    far = models.JSONField(null=True)  # agreement, others (among themselves), answers
    computed_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["project", "annotation"], name="labeling_flags_any"),
            *(
                models.Index(
                    fields=["project", "annotation"],
                    name=f"labeling_flags_{name}",
                    condition=models.Q(**{f"{name}__isnull": False}),
                )
                for name in ("fast", "place", "line", "far")
            ),
        ]

    def __str__(self) -> str:
        return f"flags of annotation {self.annotation_id}"

    @property
    def reasons(self) -> list[tuple[str, str]]:
        """The name of each flag, and a sentence that says why it is there."""
        said = {"fast": _fast, "place": _place, "line": _line, "far": _far}
        found = [(flag, getattr(self, flag.value)) for flag in Flag]
        return [(str(flag.label), said[flag.value](why)) for flag, why in found if why]


def _fast(why: dict[str, Any]) -> str:
    if why["by_character"]:
        words = ngettext(
            "%(seconds)s s for %(units)s character: reading takes about %(usual)s s",
            "%(seconds)s s for %(units)s characters: reading takes about %(usual)s s",
            why["units"],
        )
    else:
        words = ngettext(
            "%(seconds)s s for %(units)s word: reading takes about %(usual)s s",
            "%(seconds)s s for %(units)s words: reading takes about %(usual)s s",
            why["units"],
        )
    return words % why


def _chance(chance: float) -> str:
    return f"{math.ceil(10_000 * chance) / 10_000:.4f}"


def _place(why: dict[str, Any]) -> str:
    return _(
        "The text at place %(place)s of %(of)s put first in %(length)s answers in a row: by chance"
        " there is one so long with a probability of at most %(chance)s"
    ) % {**why, "chance": _chance(why["chance"])}


def _line(why: dict[str, Any]) -> str:
    if why["chance"] is None:
        return _("No text put before another in %(length)s answers in a row") % why
    return _(
        "The same ranks by place in %(length)s answers in a row: by chance there is one so long"
        " with a probability of at most %(chance)s"
    ) % {**why, "chance": _chance(why["chance"])}


def _far(why: dict[str, Any]) -> str:
    return _(
        "It agrees with the %(answers)s other answers to the task by %(agreement)s %%,"
        " they with each other by %(others)s %%"
    ) % {
        "answers": why["answers"],
        "agreement": round(100 * why["agreement"]),
        "others": round(100 * why["others"]),
    }


class Marked(models.Model):
    """What an annotator said of a text beside its rank (kinds' `marks`): a filter of answers."""

    annotation = models.ForeignKey(Annotation, models.CASCADE, related_name="marks", db_index=False)
    project = models.ForeignKey(Project, models.CASCADE, related_name="+", db_index=False)
    name = models.CharField(max_length=20)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["annotation", "name"], name="labeling_marked_once"),
        ]
        indexes = [
            models.Index(fields=["project", "name", "annotation"], name="labeling_marks_named"),
        ]

    def __str__(self) -> str:
        return f"{self.name} in annotation {self.annotation_id}"
