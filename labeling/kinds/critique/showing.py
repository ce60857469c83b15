"""How a critique is shown: the form, one line, and the text with its errors marked."""

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from labeling import markdown
from labeling.kinds import keys
from labeling.kinds.critique.body import LONGEST_NOTE, MOST_ERRORS
from labeling.kinds.texts import LONGEST
from labeling.models import Annotation, Assignment, Completion

if TYPE_CHECKING:
    from labeling.kinds.critique.settings import CritiqueSettings

LETTERS = keys.free("zxcvb")  # a row of keys, whose order is the severities'


def context(assignment: Assignment, settings: "CritiqueSettings") -> dict[str, Any]:
    """The completion, and the types and severities with their keys."""
    completion = Completion.objects.get(pk=assignment.shown_order[0])
    return {
        "completion": completion,
        "hidden_places": markdown.hidden_places(completion.text),
        "types": [
            {"name": row.name, "label": settings.type_label(row.name), "key": number % 10}
            for number, row in enumerate(settings.types, 1)
        ],
        "severities": [
            {
                "name": row.name,
                "label": settings.severity_label(row.name),
                "weight": row.weight,
                "grade": settings.grade(row.name),
                "key": letter.upper(),
            }
            for letter, row in zip(LETTERS, settings.severities, strict=False)
        ],
        "needs_text": settings.needs_text,
        "longest": LONGEST,
        "longest_note": LONGEST_NOTE,
        "most_errors": MOST_ERRORS,
    }


def summary(annotation: Annotation, settings: "CritiqueSettings") -> str:
    """How many errors of which score, and the beginning of what was said."""
    said = [scored(annotation.body["errors"], settings)]
    if text := annotation.body["text"].strip():
        said.append(Truncator(text).chars(100))
    return " · ".join(said)


def scored(errors: list[dict[str, Any]], settings: "CritiqueSettings") -> str:
    """As in "2 errors, score 6"; the score follows from the severities, and is stored nowhere."""
    if not errors:
        return _("No errors")
    score = settings.score([error["severity"] for error in errors])
    words = ngettext("One error, score %(score)s", "%(n)d errors, score %(score)s", len(errors))
    return words % {"n": len(errors), "score": f"{score:g}"}


def answer(annotation: Annotation, settings: "CritiqueSettings") -> dict[str, Any]:
    """The text with its errors marked, the errors in their order, the score and the words."""
    body = annotation.body
    texts = {completion.pk: completion.text for completion in annotation.task.completions.all()}
    text = texts[body["completion"]]
    errors = sorted(body["errors"], key=lambda error: (error["start"], error["end"]))
    return {
        "marked": _marked(text, errors, settings),
        "errors": [
            {
                "quote": markdown.typed(text[error["start"] : error["end"]]),
                "type": settings.type_label(error["type"]),
                "severity": settings.severity_label(error["severity"]),
                "grade": settings.grade(error["severity"]),
                "note": error["note"],
            }
            for error in errors
        ],
        "score": scored(errors, settings),
        "text": body["text"],
    }


def _marked(text: str, errors: list[dict[str, Any]], settings: "CritiqueSettings") -> SafeString:
    """`text`, cut wherever an error begins or ends; where one ends stands its number."""
    edges = {place for error in errors for place in (error["start"], error["end"])}
    cuts = sorted(edges | {0, len(text)})
    found = SafeString("")
    for start, end in pairwise(cuts):
        over = [e for e in errors if e["start"] <= start and end <= e["end"]]
        piece = markdown.typed(text[start:end])
        if over:
            grade = max(settings.grade(e["severity"]) for e in over)
            ends = " ".join(str(n) for n, e in enumerate(errors, 1) if e["end"] == end)
            mark = '<mark data-grade="{}" data-ends="{}">{}</mark>'
            piece = format_html(mark, grade, ends, piece)
        found += piece
    return found
