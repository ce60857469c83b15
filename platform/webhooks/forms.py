"""The form of an endpoint, and which messages are sent again."""

from datetime import datetime, timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from webhooks.models import EventType


class EndpointForm(forms.Form):
    """Where messages go, and of what."""

    url = forms.CharField(
        label=_("Address"),
        max_length=500,
        widget=forms.URLInput(attrs={"placeholder": "https://", "autocomplete": "off"}),
    )
    events = forms.MultipleChoiceField(
        label=_("Events"),
        choices=EventType.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one of the events.")},
    )


class ChangeForm(EndpointForm):
    """The same of one that is there."""

    is_on = forms.BooleanField(
        label=_("Messages are sent"),
        required=False,
        help_text=_("While this is off, what happens is not noted for this webhook."),
    )


class ReplayForm(forms.Form):
    """Since when what failed is sent again."""

    hours = forms.TypedChoiceField(
        label=_("Failed within"),
        coerce=int,
        initial=24,
        choices=[(1, _("1 hour")), (24, _("1 day")), (72, _("3 days")), (720, _("30 days"))],
    )

    @property
    def since(self) -> datetime:
        """The time that was chosen."""
        return timezone.now() - timedelta(hours=self.cleaned_data["hours"])
