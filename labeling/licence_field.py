"""The field for a licence: SPDX identifiers are offered, another name may be written."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.errors import BadInputError
from core.text import clean_text
from labeling import licences


class LicenceInput(forms.TextInput):
    """A line of text below which the licences are offered."""

    template_name = "labeling/licence_input.html"

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """With what is offered, and where the line finds it."""
        offered = f"{name}-offered"
        context = super().get_context(name, value, {**(attrs or {}), "list": offered})
        return {**context, "offered": list(licences.OFFERED), "offered_id": offered}


class LicenceField(forms.CharField):
    """Nothing is no licence yet."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Licence of the labels"),
            required=False,
            max_length=licences.LONGEST,
            widget=LicenceInput(),
            help_text=_(
                "An SPDX identifier such as CC-BY-4.0, or another name. The dataset card of each"
                " snapshot says it; empty is no licence yet."
            ),
        )

    def clean(self, value: Any) -> str:
        """As SPDX spells it, where it is one of those offered."""
        try:
            return licences.cleaned(clean_text(super().clean(value)))
        except BadInputError as error:
            raise forms.ValidationError(", ".join(error.errors.values())) from error
