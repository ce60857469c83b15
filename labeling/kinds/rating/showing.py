"""How ratings are shown: the texts of one annotator, each with the criteria, and in one line."""

from typing import Any

from labeling.kinds.rating.body import FIELD
from labeling.kinds.rating.settings import BEST, Criterion, RatingSettings, keys_of
from labeling.kinds.rating.template import KNOWN
from labeling.kinds.settings import in_words
from labeling.kinds.textwise import judged, to_judge
from labeling.models import Annotation, Assignment


def context(assignment: Assignment, settings: RatingSettings) -> dict[str, Any]:
    """The texts, the scales, and the flags with the key of each."""
    keys = keys_of(settings.flags)
    return {
        "texts": to_judge(assignment),
        "scales": [worded(one) for one in settings.scales],
        "flags": [
            worded(one) | {"key": key} for one, key in zip(settings.flags, keys, strict=True)
        ],
        "numbers": range(1, BEST + 1),
        "order": settings.order,
    }


def worded(one: Criterion) -> dict[str, str]:
    """A criterion in the reader's language, where it is the template's."""
    words = {name: in_words(getattr(one, name), KNOWN) for name in ("label", "help", "low", "high")}
    return {"name": one.name, **words}


def summary(annotation: Annotation, settings: RatingSettings) -> str:
    """By the letters that the annotator saw, as in "A 6/7 · B 2/3: Hallucination"."""
    parts = []
    for text, one in judged(annotation, FIELD):
        numbers = "/".join(str(one["scales"][each.name]) for each in settings.scales)
        flags = [in_words(f.label, KNOWN) for f in settings.flags if f.name in one["flags"]]
        said = " ".join(part for part in (text["letter"], numbers) if part)
        parts.append(f"{said}: {', '.join(flags)}" if flags else said)
    return " · ".join(parts)


def flags_set(annotation: Annotation) -> set[str]:
    """The names of the flags that it sets of any text."""
    return {name for one in annotation.body["ratings"] for name in one["flags"]}
