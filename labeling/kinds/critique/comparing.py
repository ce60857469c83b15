"""How alike two people criticise the same text."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from labeling.kinds import texts
from labeling.kinds.comparing import Figure, Sums
from labeling.kinds.sentences import sentences
from labeling.models import Annotation
from measures import spans

if TYPE_CHECKING:
    from labeling.kinds.critique.settings import CritiqueSettings

FIGURES = (
    Figure(
        name="sentences",
        label=_("The same sentences"),
        meaning=_("Of how many sentences two people agree whether they hold an error."),
        form="share",
    ),
    Figure(
        name="marked",
        label=_("Errors found, beyond chance"),
        meaning=_(
            "Krippendorff’s alpha of whether a sentence holds an error: 1 is perfect, 0 chance."
        ),
        form="nominal",
    ),
    Figure(
        name="overlap",
        label=_("The same characters"),
        meaning=_("F1 of the characters that two people mark: 1 where they mark the same ones."),
        form="share",
    ),
    Figure(
        name="types",
        label=_("The same type"),
        meaning=_("In how many of the sentences that both mark they find an error of one type."),
        form="share",
    ),
    Figure(
        name="severity",
        label=_("The same severity"),
        meaning=_("In how many of the sentences that both mark the gravest error is as grave."),
        form="share",
    ),
    Figure(
        name="score",
        label=_("Scores apart"),
        meaning=_("How far the scores of two answers lie apart, in the weights of the severities."),
        form="mean",
    ),
    *texts.AGREEMENT,
)


def compare(one: Annotation, other: Annotation, settings: "CritiqueSettings") -> Sums:
    """What two critiques add to each figure; the words only where both have written some."""
    body, counterpart = one.body, other.body
    written = {completion.pk: completion.text for completion in one.task.completions.all()}
    text = written[body["completion"]]
    mine, theirs = body["errors"], counterpart["errors"]
    both = lone = neither = same_type = same_severity = 0
    for part in sentences(text):
        here = [e for e in mine if spans.meets(part, [(e["start"], e["end"])])]
        there = [e for e in theirs if spans.meets(part, [(e["start"], e["end"])])]
        if here and there:
            both += 1
            same_type += bool({e["type"] for e in here} & {e["type"] for e in there})
            gravest = [
                max(settings.severity(e["severity"]).weight for e in each) for each in (here, there)
            ]
            same_severity += gravest[0] == gravest[1]
        elif here or there:
            lone += 1
        else:
            neither += 1
    marked = [spans.merged((e["start"], e["end"]) for e in errors) for errors in (mine, theirs)]
    scores = [settings.score([e["severity"] for e in errors]) for errors in (mine, theirs)]
    sums: Sums = {
        "sentences": (float(both + neither), float(both + lone + neither)),
        "marked": (float(both), float(lone), float(neither)),
        "score": (abs(scores[0] - scores[1]), 1.0),
    }
    if total := sum(spans.length(each) for each in marked):
        sums["overlap"] = (2.0 * spans.overlap(*marked), float(total))
    if both:
        sums["types"] = (float(same_type), float(both))
        sums["severity"] = (float(same_severity), float(both))
    if body["text"].strip() and counterpart["text"].strip():
        sums |= texts.compare(body["text"], counterpart["text"])
    return sums
