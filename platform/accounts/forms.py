"""Forms of the account pages."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiToken, User
from accounts.names import unlike
from core.errors import BadInputError, ConflictError
from core.text import clean_name


class NameField(forms.CharField):
    """A name that misleads nobody: see core.text.clean_name."""

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Written from the side that its script is written from."""
        return {**super().widget_attrs(widget), "dir": "auto"}

    def clean(self, value: str) -> str:
        """The name in NFC without outer blanks."""
        value = super().clean(value)
        try:
            return clean_name(value, limit=self.max_length or 120) if value else value
        except BadInputError as error:
            raise ValidationError(", ".join(error.errors.values())) from error


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    """What a person sets about themselves."""

    name = NameField(label=_("Name"), max_length=120, help_text=_("Others see it."))

    class Meta:
        model = User
        fields = ["name"]

    def clean_name(self) -> str:
        """The name as it was, or one that is nobody else's."""
        name: str = self.cleaned_data["name"]
        if name == self.initial["name"]:
            return name
        try:
            return unlike(name, apart_from=self.instance)
        except ConflictError as error:
            raise ValidationError(error.message) from error


class TokenForm(forms.Form):
    """A new API token."""

    name = NameField(
        label=_("Name"), max_length=80, help_text=_("Where it is used: “export on the cluster”.")
    )
    scope = forms.ChoiceField(label=_("Scope"), choices=ApiToken.Scope.choices)
    project = forms.TypedChoiceField(
        label=_("Project"),
        coerce=int,
        empty_value=None,
        required=False,
        help_text=_("For one project it opens that one only, whatever else you are in."),
    )
    days = forms.TypedChoiceField(
        label=_("Ends after"),
        coerce=int,
        initial=90,
        choices=[(7, _("7 days")), (30, _("30 days")), (90, _("90 days")), (365, _("1 year"))],
    )

    def __init__(self, *args: Any, projects: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["project"].choices = [("", _("All that I am in")), *projects]  # type: ignore[attr-defined]
