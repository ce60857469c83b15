"""The form under the preview of a file of prompts."""

from collections.abc import Mapping, Sequence

from django import forms
from django.utils.translation import gettext_lazy as _

from labeling.health.repairs import REPAIRS
from labeling.intake import Alike


class ConfirmForm(forms.Form):
    """What becomes of a previewed file."""

    upload = forms.IntegerField(widget=forms.HiddenInput)
    heldout_percent = forms.IntegerField(
        label=_("Held out for evaluation, in percent"),
        min_value=0,
        max_value=50,
        initial=20,
        help_text=_("Of the lines that name no split. Held-out prompts are never trained on."),
    )
    alike = forms.ChoiceField(
        label=_("Prompts that are like others"),
        required=False,
        choices=Alike.choices,
        initial=Alike.SAME,
        help_text=_("Like one before them in the file, or one that is there."),
    )
    by_user = forms.BooleanField(
        label=_("Prompts of one user share a split"),
        required=False,
        initial=True,
        help_text=_("Else a model may be evaluated on the manner of somebody whom it knows."),
    )
    keep_good = forms.BooleanField(
        label=_("Import the good lines where others are bad"),
        required=False,
        help_text=_("Else nothing is stored if one line of the file is bad."),
    )
    repairs = forms.MultipleChoiceField(
        label=_("Repairs"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[(repair.name, repair.label) for repair in REPAIRS],
        help_text=_("Lines that cannot be imported as they are, and can be with a repair."),
    )

    @classmethod
    def of(
        cls,
        upload: int,
        offered: Mapping[str, Sequence[int]],
        *,
        is_of_users: bool,
        is_large: bool = False,
    ) -> "ConfirmForm":
        """The form of a file that is previewed. offered: see labeling.health.repairs.Reading.

        is_of_users: whether the file says who asked. is_large: whether a part of it was looked at.
        """
        form = cls(initial={"upload": upload})
        if is_large:  # who knows what else is in it
            near = form.fields["alike"].choices  # type: ignore[attr-defined]
            form.fields["alike"].choices = [each for each in near if each[0] != Alike.NEAR]  # type: ignore[attr-defined]
            return form
        del form.fields["keep_good"]
        if not is_of_users:
            form.fields["by_user"].widget = forms.HiddenInput()
        choices = [
            (each.name, f"{each.label} ({len(offered[each.name])})")
            for each in REPAIRS
            if each.name in offered
        ]
        if choices:
            form.fields["repairs"].choices = choices  # type: ignore[attr-defined]
        else:
            del form.fields["repairs"]
        return form

    def clean_alike(self) -> str:
        """All are imported where nothing is chosen."""
        return self.cleaned_data["alike"] or Alike.ALL
