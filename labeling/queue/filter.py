"""Which of a project's tasks the queue shows; lives in the address."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from labeling.answer_filter import CHOSEN, LARGEST, choice_field
from labeling.kinds import choices as kind_choices
from labeling.models import Project, Task
from labeling.queries import TaskQuerySet

LOOKUPS = {
    "state": "state",
    "round": "round_number",
    "kind": "kind",
    "language": "language",
    "choice": "is_chosen",
}


class QueueFilter(forms.Form):
    """All fields may be left out: the open tasks of all rounds."""

    round = forms.IntegerField(label=_("Round"), required=False, min_value=1, max_value=LARGEST)
    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("All kinds")), *kind_choices()]
    )
    language = forms.CharField(label=_("Language"), required=False, max_length=10)
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=Task.State.choices, initial=Task.State.OPEN
    )

    choice = choice_field()

    def __init__(self, data: Any, *, project: Project) -> None:
        # Without a state the open ones are shown, and the field says so.
        super().__init__({"state": Task.State.OPEN, **{k: v for k, v in data.items() if v}})
        self.project = project

    @property
    def asked(self) -> dict[str, Any]:
        """The conditions as an address holds them."""
        return {name: value for name, value in self.cleaned_data.items() if value}

    @property
    def is_narrow(self) -> bool:
        """Whether something was chosen beside what an empty filter shows."""
        return self.asked != {"state": Task.State.OPEN}

    def tasks(self, **instead: str) -> TaskQuerySet:
        """The tasks that fit; `instead` of what was chosen where it says so."""
        chosen = self.asked | instead
        asked = {LOOKUPS[name]: value for name, value in chosen.items()}
        if choice := chosen.get("choice"):
            asked[LOOKUPS["choice"]] = choice == CHOSEN
        return Task.objects.filter(project=self.project, **asked)
