"""What a project may set: the types of errors, how grave one may be, and whether words are needed.

The severities and their weights are the default of MQM, the Multidimensional Quality Metrics: its
severity multipliers are 0, 1, 5 and 25 for neutral, minor, major and critical (MQM Council, "The
MQM Scoring Models", themqm.org); what is neutral is no error here. Others weigh "critical"
otherwise or have none. Freitag et al. 2021 (arXiv 2104.14478, and WMT's ratings since) have minor 1
(0.1 for punctuation) and major 5, and 25 for a text that is no translation at all, which is a type,
not a severity; Unbabel's MQM, as COMET was trained on (Rei et al. 2020, arXiv 2009.09025), has 1, 5
and 10. MQM's types are of translations; these are of answers, with MQM's words where it has one:
accuracy, omission, addition, terminology, fluency (linguistic conventions), style.
"""

from typing import Annotated

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from pydantic import AfterValidator, Field

from labeling.kinds.settings import Said, Settings, in_words

MOST_TYPES = 10  # each has a digit
MOST_SEVERITIES = 4  # each has a letter
TYPES = {
    "accuracy": gettext_noop("Wrong fact"),
    "omission": gettext_noop("Something is missing"),
    "addition": gettext_noop("Not asked for"),
    "instruction": gettext_noop("Instruction not followed"),
    "reasoning": gettext_noop("Wrong reasoning"),
    "fluency": gettext_noop("Wording"),
    "style": gettext_noop("Style or tone"),
    "terminology": gettext_noop("Wrong term"),
    "formatting": gettext_noop("Formatting"),
    "harm": gettext_noop("Harmful"),
}
SEVERITIES = {
    "minor": (gettext_noop("Minor"), 1.0),
    "major": (gettext_noop("Major"), 5.0),
    "critical": (gettext_noop("Critical"), 25.0),
}
KNOWN = (*TYPES.values(), *(label for label, _weight in SEVERITIES.values()))

Name = Annotated[
    str,
    Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40),
    Said(label=gettext_lazy("Name in exports")),
]
Label = Annotated[
    str,
    Field(min_length=1, max_length=60),
    Said(label=gettext_lazy("What it is called"), known=KNOWN),
]


class ErrorType(Settings):
    """One type of errors."""

    name: Name
    label: Label


class Severity(Settings):
    """How grave an error is. weight: what it adds to the score."""

    name: Name
    label: Label
    weight: Annotated[
        float, Field(ge=0, le=1000), Said(label=gettext_lazy("What it adds to the score"))
    ]


def _each_once(rows: list[ErrorType]) -> list[ErrorType]:
    if len({row.name for row in rows}) < len(rows):
        raise ValueError(_("Two types have the same name in exports."))
    return rows


def _ascending(rows: list[Severity]) -> list[Severity]:
    if len({row.name for row in rows}) < len(rows):
        raise ValueError(_("Two severities have the same name in exports."))
    if [row.weight for row in rows] != sorted(row.weight for row in rows):
        raise ValueError(
            _("The severities go from the lightest to the gravest: order the weights.")
        )
    return rows


class CritiqueSettings(Settings):
    """The template is MQM's scale and ten types."""

    types: Annotated[
        list[ErrorType],
        Field(min_length=1, max_length=MOST_TYPES),
        AfterValidator(_each_once),
        Said(label=gettext_lazy("Types of errors"), row=gettext_lazy("Type")),
    ] = [ErrorType(name=name, label=label) for name, label in TYPES.items()]
    severities: Annotated[
        list[Severity],
        Field(min_length=1, max_length=MOST_SEVERITIES),
        AfterValidator(_ascending),
        Said(label=gettext_lazy("Severities, the lightest first"), row=gettext_lazy("Severity")),
    ] = [
        Severity(name=name, label=label, weight=weight)
        for name, (label, weight) in SEVERITIES.items()
    ]
    needs_text: Annotated[
        bool,
        Said(
            label=gettext_lazy("Words about the whole text are needed"),
            help=gettext_lazy("Else people may mark errors and write nothing."),
        ),
    ] = False

    def severity(self, name: str) -> Severity:
        """That one; of answers under these settings it is always there."""
        return next(severity for severity in self.severities if severity.name == name)

    def score(self, names: list[str]) -> float:
        """The score of an answer with errors of these severities: 0 is the best."""
        return sum(self.severity(name).weight for name in names)

    def type_label(self, name: str) -> str:
        """In the reader's language where it is the template's."""
        return in_words(next(row.label for row in self.types if row.name == name), KNOWN)

    def severity_label(self, name: str) -> str:
        """In the reader's language where it is the template's."""
        return in_words(self.severity(name).label, KNOWN)

    def grade(self, name: str) -> int:
        """Of four looks: 1 for the lightest, 3 for the gravest, 2 between them."""
        place = [severity.name for severity in self.severities].index(name)
        return 3 if place == len(self.severities) - 1 else 1 if place == 0 else 2
