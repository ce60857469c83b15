"""How ratings are shown: the texts of one annotator, each with the criteria, and in one line."""

from typing import Any

from labeling.kinds.rating.settings import BEST, Criterion, RatingSettings, keys_of
from labeling.kinds.rating.template import KNOWN
from labeling.kinds.settings import in_words
from labeling.models import Annotation, Assignment, Completion

LETTERS = "ABCDEFGHI"


def texts(order: list[int], found: dict[int, Completion]) -> list[dict[str, Any]]:
    """The texts in the order of one annotator, each with its letter; same texts are one."""
    by_text: dict[str, dict[str, Any]] = {}
    for pk in order:
        fresh = {"letter": LETTERS[len(by_text)], "completion": found[pk], "ids": []}
        by_text.setdefault(found[pk].text, fresh)["ids"].append(pk)
    return list(by_text.values())


def context(assignment: Assignment, settings: RatingSettings) -> dict[str, Any]:
    """The texts, the scales, and the flags with the key of each."""
    keys = keys_of(settings.flags)
    return {
        "texts": texts(assignment.shown_order, Completion.objects.in_bulk(assignment.shown_order)),
        "scales": [worded(one) for one in settings.scales],
        "flags": [
            worded(one) | {"key": key} for one, key in zip(settings.flags, keys, strict=True)
        ],
        "numbers": range(1, BEST + 1),
    }


def worded(one: Criterion) -> dict[str, str]:
    """A criterion in the reader's language, where it is the template's."""
    words = {name: in_words(getattr(one, name), KNOWN) for name in ("label", "help", "low", "high")}
    return {"name": one.name, **words}


def seen(annotation: Annotation) -> list[dict[str, Any]]:
    """The texts that the annotator saw."""
    found = {completion.pk: completion for completion in annotation.task.completions.all()}
    return texts(annotation.shown_order, found)


def summary(annotation: Annotation, settings: RatingSettings) -> str:
    """By the letters that the annotator saw, as in "A 6/7 · B 2/3: Hallucination"."""
    of = {one["completion"]: one for one in annotation.body["ratings"]}
    parts = []
    for text in seen(annotation):
        one = of[text["ids"][0]]
        numbers = "/".join(str(one["scales"][each.name]) for each in settings.scales)
        flags = [in_words(f.label, KNOWN) for f in settings.flags if f.name in one["flags"]]
        said = " ".join(part for part in (text["letter"], numbers) if part)
        parts.append(f"{said}: {', '.join(flags)}" if flags else said)
    return " · ".join(parts)


def flags_set(annotation: Annotation) -> set[str]:
    """The names of the flags that it sets of any text."""
    return {name for one in annotation.body["ratings"] for name in one["flags"]}
