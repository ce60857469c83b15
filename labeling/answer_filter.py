"""Which of a project's answers a list shows; lives in the address."""

from datetime import datetime, time
from typing import Any, ClassVar

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from labeling.answering import people_of
from labeling.kinds import choices as kind_choices
from labeling.kinds import marks
from labeling.models import Annotation, Concern, Flag, Project, Split
from labeling.queries import AnnotationQuerySet

LARGEST = 2**31 - 1
ANY = "any"
CHOSEN, DRAWN = "chosen", "drawn"
CHOICES = {CHOSEN: _("Chosen"), DRAWN: _("Drawn")}


def choice_field() -> forms.ChoiceField:
    """Whether a task was chosen where reward models differ (docs/decisions/0036)."""
    return forms.ChoiceField(
        label=_("Chosen by models"),
        required=False,
        choices=[("", _("All")), *CHOICES.items()],
    )


class AnswerFilter(forms.Form):
    """All fields may be left out."""

    standing = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("All states")), *Annotation.Standing.choices],
    )
    person = forms.ModelChoiceField(
        label=_("Annotator"), required=False, queryset=User.objects.none(), empty_label=_("All")
    )
    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("All kinds")), *kind_choices()]
    )
    round = forms.IntegerField(label=_("Round"), required=False, min_value=1, max_value=LARGEST)
    language = forms.CharField(label=_("Language"), required=False, max_length=10)
    split = forms.ChoiceField(
        label=_("Split"), required=False, choices=[("", _("All splits")), *Split.choices]
    )
    at_least = forms.IntegerField(
        label=_("Seconds, at least"), required=False, min_value=0, max_value=LARGEST
    )
    at_most = forms.IntegerField(
        label=_("Seconds, at most"), required=False, min_value=0, max_value=LARGEST
    )
    since = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    guideline = forms.IntegerField(
        label=_("Guidelines, version"), required=False, min_value=1, max_value=LARGEST
    )
    agreement = forms.IntegerField(
        label=_("Agreement, at most in percent"), required=False, min_value=0, max_value=100
    )
    flag = forms.ChoiceField(
        label=_("Stands out"),
        required=False,
        choices=[("", _("All")), (ANY, _("For any reason")), *Flag.choices],
    )
    mark = forms.ChoiceField(
        label=_("Says of a text"), required=False, choices=[("", _("All")), *marks()]
    )
    concern = forms.ChoiceField(
        label=_("Concern"),
        required=False,
        choices=[("", _("All")), (ANY, _("Any concern")), *Concern.choices],
    )
    choice = choice_field()
    task = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    # Field -> what it asks of an answer.
    LOOKUPS: ClassVar[dict[str, str]] = {
        "standing": "standing",
        "person": "annotator",
        "kind": "kind",
        "round": "round_number",
        "language": "language",
        "split": "split",
        "at_least": "active_seconds__gte",
        "at_most": "active_seconds__lte",
        "since": "created_at__gte",
        "until": "created_at__lte",
        "guideline": "guideline_version",
        "agreement": "task__agreement__agreement__lte",  # of quality, which measures it
        "choice": "is_chosen",
        "task": "task",
    }

    def __init__(self, data: Any, *, project: Project) -> None:
        super().__init__(data)
        self.fields["person"].queryset = people_of(project)  # type: ignore[attr-defined]
        self.project = project

    @property
    def asked(self) -> dict[str, Any]:
        """The conditions that were chosen, as an address holds them."""
        return {
            name: getattr(value, "pk", value)
            for name, value in self.cleaned_data.items()
            if value not in (None, "")
        }

    def answers(self) -> AnnotationQuerySet:
        """The answers that fit; without a state, those that a correction replaced are left out."""
        chosen = self.asked
        asked = self._flagged(chosen.pop("flag", "")) | self._marked(chosen.pop("mark", ""))
        concern = chosen.pop("concern", "")
        asked |= {self.LOOKUPS[name]: value for name, value in chosen.items()}
        if choice := self.cleaned_data["choice"]:
            asked[self.LOOKUPS["choice"]] = choice == CHOSEN
        for name, moment in (("since", time.min), ("until", time.max)):  # a day is the reader's
            if day := self.cleaned_data[name]:
                bound = datetime.combine(day, moment)
                asked[self.LOOKUPS[name]] = timezone.make_aware(bound)
        if (percent := self.cleaned_data["agreement"]) is not None:
            asked[self.LOOKUPS["agreement"]] = percent / 100
        rows = Annotation.objects.filter(project=self.project, **asked)
        if concern:
            rows = rows.concerned("" if concern == ANY else concern)
        if asked.keys() >= {"annotator", "round_number"}:
            rows = rows.within_round(self.project, asked["round_number"])
        return rows if self.cleaned_data["standing"] else rows.newest()

    def _flagged(self, flag: str) -> dict[str, Any]:
        """Conditions that lead to the index of one reason, or of all."""
        if not flag:
            return {}
        reason = {} if flag == ANY else {f"flagged__{flag}__isnull": False}
        return {"flagged__project": self.project, **reason}

    def _marked(self, mark: str) -> dict[str, Any]:
        return {"marks__project": self.project, "marks__name": mark} if mark else {}
