"""What a manager asks people about versions."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from registry.models import ModelVersion
from rounds.models import EFFECT
from rounds.verdict.asking import MOST_PROMPTS, MOST_VOTES
from rounds.verdict.judging import judge

PROPOSED = 100


class BallotForm(forms.Form):
    """Which versions, on how many prompts."""

    versions = forms.ModelMultipleChoiceField(
        label=_("Models"),
        queryset=ModelVersion.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose two models or more.")},
        help_text=_("Each two of them are compared. Annotators do not see which is which."),
    )
    prompts = forms.IntegerField(
        label=_("Prompts"),
        min_value=1,
        max_value=MOST_PROMPTS,
        initial=PROPOSED,
        help_text=_("For each two models, at most so many held-out prompts, one task each."),
    )
    votes = forms.IntegerField(
        label=_("Votes per prompt"),
        min_value=1,
        max_value=MOST_VOTES,
        initial=1,
        help_text=_("More prompts tell more than more votes on the same prompt."),
    )
    effect = forms.IntegerField(
        label=_("Worth having, in percent"),
        min_value=52,
        max_value=90,
        initial=round(100 * EFFECT),
        help_text=_("The smallest win rate that matters to you; 60 needs about 130 prompts."),
    )

    is_written = forms.BooleanField(
        label=_("Have missing texts written"),
        required=False,
        help_text=_(
            "By runs that wait for the GPU worker. Prompts are then drawn whether they have texts "
            "or not; each is asked about as soon as both its texts are there."
        ),
    )
    is_judged = forms.BooleanField(label=_("Ask a language model as well"), required=False)

    def __init__(self, *args: Any, versions: list[ModelVersion], **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        if name := judge():
            self.fields["is_judged"].help_text = _(
                "%(judge)s at %(host)s is sent prompts and texts. What it says stands apart."
            ) % {"judge": name, "host": urlsplit(settings.JUDGE_URL).hostname}
        else:
            del self.fields["is_judged"]
        field: Any = self.fields["versions"]
        field.queryset = ModelVersion.objects.filter(pk__in=[v.pk for v in versions]).order_by("pk")

    def asked(self) -> dict[str, Any]:
        """What was filled in, as `ask` takes it."""
        values = dict(self.cleaned_data)
        return {**values, "versions": list(values["versions"]), "effect": values["effect"] / 100}


def proposed(
    versions: Sequence[ModelVersion], evaluated: Sequence[ModelVersion], chosen: Sequence[str]
) -> list[ModelVersion]:
    """Which are ticked: those of the address, else the newest two that were evaluated, or are."""
    given = [version for version in versions if str(version.pk) in chosen]
    return given or list((evaluated if len(evaluated) > 1 else versions)[-2:])
