"""The rules of the pages' forms, for bodies: a field that a page refuses, the API refuses."""

from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.utils.translation import gettext as _

from core.errors import BadInputError


def cleaned(form: forms.BaseForm) -> dict[str, Any]:
    """The values of a form that was given a body; BadInputError names the fields that are wrong."""
    if form.is_valid():
        return form.cleaned_data
    raise BadInputError(
        _("The input is not valid: see errors."),
        errors={
            "body" if name == NON_FIELD_ERRORS else name: " ".join(map(str, messages))
            for name, messages in form.errors.items()
        },
    )
