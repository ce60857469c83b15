"""The filters of the export page: what each is called, and what may be chosen."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from api.exports.filters import Filters
from labeling.kinds import choices as kind_choices
from labeling.models import Flag, Project, Prompt, Split
from labeling.pseudonyms import naming, people
from registry.models import ModelVersion

USUAL = 4  # of them stand on the page; the others are folded away


@dataclass(frozen=True, kw_only=True)
class Field:
    """One filter. choices: values and words, none where a value is typed; type: of its input.

    unset: in words, what there is where nothing is chosen; "" for all.
    """

    name: str
    label: str
    value: str
    type: str = "number"
    choices: Sequence[tuple[str, str]] = ()
    least: int = 0
    most: int = 100
    unset: str = ""


def fields(project: Project, filters: Filters, allowed: Collection[str]) -> list[Field]:
    """Those of a dataset."""
    asked = filters.asked
    every = [
        Field(name="round", label=_("Round"), value="", least=1, most=9999),
        _choice("split", _("Split"), Split.choices),
        _choice("language", _("Language"), [(each, each) for each in _languages(project)]),
        _choice("kind", _("Kind"), kind_choices()),
        _choice("annotator", _("Annotator"), _people(project)),
        Field(name="since", label=_("From (UTC)"), value="", type="date"),
        Field(name="until", label=_("To (UTC)"), value="", type="date"),
        _choice("model", _("Model"), [(each, each) for each in _models(project)]),
        Field(name="agreement_at_least", label=_("Agreement, at least in percent"), value=""),
        Field(name="agreement_at_most", label=_("Agreement, at most in percent"), value=""),
        _choice("flag", _("Stands out"), _flags()),
        _choice(
            "answers",
            _("Answers"),
            [("given", _("also those that a decision replaced"))],
            unset=_("those that count"),
        ),
        _choice("pairs", _("Pairs"), [("best", _("the best against the others"))]),
        _choice("ties", _("Ties"), [("both_ways", _("a pair each way"))], unset=_("left out")),
    ]
    shown = [each for each in every if each.name in allowed]
    return [_with(each, asked.get(each.name, "")) for each in shown]


def _choice(
    name: str, label: str, choices: Sequence[tuple[str, object]], *, unset: str = ""
) -> Field:
    words = [(value, str(word)) for value, word in choices]
    return Field(name=name, label=label, value="", type="choice", choices=words, unset=unset)


def _with(field: Field, value: str) -> Field:
    return Field(**{**vars(field), "value": value})


def _languages(project: Project) -> list[str]:
    found = Prompt.objects.filter(project=project).order_by("language")
    return list(found.values_list("language", flat=True).distinct())


def _models(project: Project) -> list[str]:
    """Base models too, which wrote for the first round."""
    own = ModelVersion.objects.filter(family=project.family)
    writers = ModelVersion.objects.filter(rounds__project=project)
    names = {each.name for each in (*own, *writers) if each.writes}
    return sorted(names)


def _people(project: Project) -> list[tuple[str, str]]:
    """By their pseudonyms, for whoever reads them."""
    name = naming(project)
    return [(word, word) for word in sorted(name(each.pk) for each in people(project))]


def _flags() -> list[tuple[str, object]]:
    return [("none", _("no, for no reason")), ("any", _("For any reason")), *Flag.choices]
