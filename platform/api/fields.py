"""The rules of the pages' forms, for bodies and queries: what a page refuses, the API refuses."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.utils.translation import gettext as _

from api.schemas import Place
from core.errors import BadInputError

Form = TypeVar("Form", bound=forms.BaseForm)


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


@contextmanager
def named(name: Callable[[str], str]) -> Iterator[None]:
    """What is refused within names the fields of the body; name: of a field of the page's form."""
    try:
        yield
    except BadInputError as error:
        error.errors = {name(field): message for field, message in error.errors.items()}
        raise


def asked(place: Place, form: type[Form], **more: Any) -> Form:
    """The form of a list's filter as the query filled it in; BadInputError as above."""
    sent = place.model_dump(exclude={"cursor", "limit"}, exclude_none=True)
    filled = form(sent, **more)
    cleaned(filled)
    return filled
