"""The form in which somebody says what the columns of a file are."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.errors import BadInputError
from labeling import columns

AS_IT_IS = ("", _("As it is called"))


class ColumnsForm(forms.Form):
    """A field for each column of a file that is kept: which of ours it is."""

    upload = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self, names: Sequence[str], data: Mapping[str, Any] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(data, auto_id="columns_%s", **kwargs)  # another form has an upload too
        self._names = names
        choices = [AS_IT_IS, *columns.TARGETS.items()]
        for number, name in enumerate(names):
            self.fields[f"column_{number}"] = forms.ChoiceField(
                label=name, required=False, choices=choices
            )

    @classmethod
    def of(cls, upload: int, names: Sequence[str], said: Mapping[str, str]) -> "ColumnsForm":
        """With what was said of them before."""
        initial = {f"column_{number}": said.get(name, "") for number, name in enumerate(names)}
        return cls(names, initial={"upload": upload, **initial})

    def clean(self) -> dict[str, Any]:
        """No two columns are one of ours."""
        cleaned: dict[str, Any] = super().clean() or {}
        said = {name: cleaned.get(f"column_{n}") for n, name in enumerate(self._names)}
        try:
            cleaned["columns"] = columns.check({name: ours for name, ours in said.items() if ours})
        except BadInputError as error:
            self.add_error(None, error.message)
        return cleaned
