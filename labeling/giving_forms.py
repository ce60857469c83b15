"""Forms of which tasks a member is given, and wants."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from labeling import giving
from labeling.kinds import kinds
from labeling.models import Membership


class GivenForm(forms.Form):
    """Which tasks a member is given."""

    kinds = forms.MultipleChoiceField(
        label=_("Kinds of tasks"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: all kinds."),
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages of prompts"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: all languages."),
    )

    def __init__(self, data: Any, *, member: Membership) -> None:
        super().__init__(data, initial={"kinds": member.kinds, "languages": member.languages})
        fields: dict[str, Any] = self.fields
        fields["kinds"].choices = [(name, kind.plural) for name, kind in kinds().items()]
        fields["languages"].choices = [(v, v) for v in giving.languages_of(member.project)]


class OwnTasksForm(GivenForm):
    """Which of the tasks that they are given a member wants."""

    avoids_warned = forms.BooleanField(
        label=_("No tasks with a content warning"),
        required=False,
        help_text=_("Nobody counts how many you are not given."),
    )

    def __init__(self, data: Any, *, member: Membership) -> None:
        super().__init__(data, member=member)
        self.initial = {
            "kinds": member.chosen_kinds,
            "languages": member.chosen_languages,
            "avoids_warned": member.avoids_warned,
        }
        fields: dict[str, Any] = self.fields
        fields["kinds"].choices = [(n, kinds()[n].plural) for n in giving.kinds_for(member)]
        fields["languages"].choices = [(v, v) for v in giving.languages_for(member)]
