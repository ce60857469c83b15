"""What the labeling page's script sends, and how it is read."""

from typing import Annotated, Any, TypeVar
from uuid import UUID

from django.http import HttpRequest
from django.http.request import RawPostDataException
from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Strict, ValidationError

from core.errors import BadInputError
from core.text import parse_json


class Sent(BaseModel):
    """The root: exactly these fields, each exactly of its type."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class AnswerSent(Sent):
    """An answer. guideline_version: the guidelines that the annotator had before their eyes."""

    body: dict[str, Any]
    client_key: Annotated[UUID, Strict(False)]  # JSON has it as a text
    active_seconds: int
    guideline_version: int
    concerns: list[str] = []
    comment: str = ""


class ProposalSent(Sent):
    """A prompt that is proposed: its parts (labeling.proposals.shapes)."""

    body: dict[str, Any]
    active_seconds: int


class BodySent(Sent):
    """The parts alone, to be looked at."""

    body: dict[str, Any]


class DraftSent(Sent):
    """A draft, None to renew the lease alone. version: of the draft that the page began from."""

    draft: dict[str, Any] | None
    version: int
    active_seconds: int


class GuidelinesSent(Sent):
    """Guidelines that were opened."""

    guideline_version: int


class PreviewSent(Sent):
    """Text to be shown as Markdown."""

    text: str


Form = TypeVar("Form", bound=Sent)


def read(request: HttpRequest, form: type[Form]) -> Form:
    """The JSON object of the request; BadInputError names each field that is wrong."""
    try:
        return form.model_validate(_parsed(_body(request)))
    except ValidationError as error:
        wrong = {str(line["loc"][0]) for line in error.errors() if line["loc"]}
        names = wrong & form.model_fields.keys()
        if names and all(line["type"] != "missing" for line in error.errors()):
            message = _("“%(name)s” has the wrong type.") % {"name": ", ".join(sorted(names))}
            raise BadInputError(
                message, errors=dict.fromkeys(sorted(names), _("has the wrong type"))
            ) from error
        required = [name for name, field in form.model_fields.items() if field.is_required()]
        needed = {"names": ", ".join(sorted(required))}
        raise BadInputError(_("These fields are needed: %(names)s.") % needed) from error


def _body(request: HttpRequest) -> bytes:
    """Empty, which is no JSON, where it was a form with parts, which are read but once."""
    try:
        return request.body
    except RawPostDataException:
        return b""


def _parsed(body: bytes) -> object:
    """Read as JSON; what cannot be stored is told to people, who know of no field's path."""
    try:
        return parse_json(body)
    except BadInputError as error:
        told = {
            field: _("What you wrote %(problem)s: change that part.") % {"problem": problem}
            for field, problem in error.errors.items()
        }
        raise BadInputError(next(iter(told.values())), errors=told) from error
