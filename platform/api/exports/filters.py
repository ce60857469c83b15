"""The filters of an export: these and no others; an unknown one is refused."""

from typing import TYPE_CHECKING, Annotated, Literal, Self

from django.http import QueryDict
from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import Field, StringConstraints, ValidationError

from core.errors import BadInputError, BadRequestError

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from labeling.models import Annotation, Prompt

LanguageTag = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,35}$")]


class Filters(Schema):
    """None takes all. Prompts of a round are those that its tasks asked."""

    round: int | None = Field(None, ge=1, lt=2**31, description="Tasks of this round only.")
    split: Literal["train", "heldout"] | None = Field(
        None, description="Prompts of this split only."
    )
    language: LanguageTag | None = Field(None, description="Prompts of this language only: en.")

    @classmethod
    def read(cls, query: QueryDict) -> Self:
        """From the address, where an empty one counts as none.

        BadRequestError for a filter that does not exist, BadInputError for a value that cannot be.
        """
        for name in query:
            if name not in cls.model_fields:
                raise BadRequestError(
                    _("There is no filter %(name)s: use round, split or language.")
                    % {"name": ascii(name[:40])}
                )
        try:
            return cls.model_validate({name: text for name, text in query.items() if text})
        except ValidationError as error:
            fields = {str(part["loc"][0]): part["msg"] for part in error.errors()}
            raise BadInputError(_("A filter is not valid: see errors."), errors=fields) from error

    def on_prompts(self, prompts: "QuerySet[Prompt]") -> "QuerySet[Prompt]":
        """The prompts that pass; with a round those that its tasks asked."""
        if self.round is not None:
            prompts = prompts.filter(tasks__round_number=self.round).distinct()
        if self.split is not None:
            prompts = prompts.filter(split=self.split)
        if self.language is not None:
            prompts = prompts.filter(language=self.language)
        return prompts

    def on_annotations(self, annotations: "QuerySet[Annotation]") -> "QuerySet[Annotation]":
        """The annotations that pass."""
        if self.round is not None:
            annotations = annotations.filter(task__round_number=self.round)
        if self.split is not None:
            annotations = annotations.filter(task__prompt__split=self.split)
        if self.language is not None:
            annotations = annotations.filter(task__prompt__language=self.language)
        return annotations
