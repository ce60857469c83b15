"""Forms of the pages on which prompts are asked for and decided on."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from labeling.forms import WrittenField
from labeling.models import MOST_WANTED, PromptForm, WantedPrompts


class AskForm(forms.Form):
    """What a manager asks for."""

    form = forms.ChoiceField(label=_("Form"), choices=PromptForm.choices)
    use_case = forms.CharField(
        label=_("Use case"),
        max_length=40,
        required=False,
        help_text=_("As in the list of prompts: summarization, brainstorming. Empty: any."),
    )
    description = WrittenField(
        label=_("Description"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_(
            "What authors have before their eyes. For user-based prompts: who the users are and "
            "what they want to do, as an application for access would say it."
        ),
    )
    language = forms.CharField(
        label=_("Language"),
        max_length=10,
        required=False,
        help_text=_("As in en or zh. Empty: any."),
    )
    number = forms.IntegerField(label=_("How many"), min_value=1, max_value=MOST_WANTED, initial=50)
    heldout_percent = forms.IntegerField(
        label=_("Held out for evaluation, in percent"),
        min_value=0,
        max_value=50,
        initial=20,
        help_text=_("Of those that are accepted. Held-out prompts are never trained on."),
    )


class ChangeForm(forms.Form):
    """Another number, or no more."""

    number = forms.IntegerField(min_value=1, max_value=MOST_WANTED)
    is_open = forms.BooleanField(required=False)


class ProposalFilter(forms.Form):
    """Which proposals are shown to those who decide; lives in the address."""

    form = forms.ChoiceField(
        label=_("Form"), required=False, choices=[("", _("All forms")), *PromptForm.choices]
    )
    use_case = forms.CharField(required=False, max_length=40)
    author = forms.IntegerField(required=False, min_value=1, max_value=2**62)
    after = forms.IntegerField(required=False, min_value=1, max_value=2**62)

    @property
    def asked(self) -> dict[str, Any]:
        """The conditions that were chosen."""
        named = ("form", "use_case", "author")
        return {name: self.cleaned_data[name] for name in named if self.cleaned_data[name]}


def instruction(wanted: WantedPrompts) -> str:
    """What somebody who writes one of these is to do."""
    texts = {
        PromptForm.PLAIN: _(
            "Ask for anything that a person may want of an assistant. The less it is like what you"
            " wrote before, the better."
        ),
        PromptForm.FEW_SHOT: _(
            "Write an instruction, examples of how it is followed, and one more query. The model"
            " answers the last query."
        ),
        PromptForm.USER_BASED: _(
            "Write what a person with this use case would type, with all that the model needs to"
            " know."
        ),
    }
    return str(texts[PromptForm(wanted.form)])
