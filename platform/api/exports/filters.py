"""The filters of an export: these and no others; an unknown one is refused."""

from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from django.db.models import Exists, OuterRef, Q
from django.http import QueryDict
from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import AfterValidator, Field, StringConstraints, ValidationError, WithJsonSchema

from accounts.models import User
from api.wrong import in_words, none_of
from core.errors import BadInputError, BadRequestError
from labeling import pseudonyms
from labeling.kinds import kinds
from labeling.models import Completion, Exchange, Project
from labeling.storing_labels import NOBODY

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.db.models import QuerySet

    from labeling.models import Annotation, Assignment

LanguageTag = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,35}$")]
Pseudonym = Annotated[str, StringConstraints(pattern=pseudonyms.PATTERN)]
Name = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f]{1,120}$")]
Percent = Annotated[int, Field(ge=0, le=100)]


def _known(name: str) -> str:
    if name not in kinds():
        raise none_of(kinds())
    return name


Kind = Annotated[
    str, AfterValidator(_known), WithJsonSchema({"type": "string", "enum": list(kinds())})
]


class Filters(Schema):
    """None takes all. Prompts of a round are those that its tasks asked."""

    round: int | None = Field(None, ge=1, lt=2**31, description="Tasks of this round only.")
    kind: Kind | None = Field(None, description="Answers of this kind only.")
    split: Literal["train", "heldout"] | None = Field(
        None, description="Prompts of this split only."
    )
    language: LanguageTag | None = Field(None, description="Prompts of this language only: en.")
    annotator: Pseudonym | None = Field(None, description="Answers of this person, by pseudonym.")
    since: date | None = Field(None, description="Given on this day (UTC) or later: 2026-11-27.")
    until: date | None = Field(None, description="Given on this day (UTC) or earlier.")
    model: Name | None = Field(None, description="With a text of the model of this name.")
    agreement_at_least: Percent | None = Field(
        None, description="Tasks whose answers agree by so many percent; of one answer no figure."
    )
    agreement_at_most: Percent | None = Field(None, description="By so many percent or fewer.")
    flag: Literal["any", "none", "fast", "place", "line", "far"] | None = Field(
        None, description="Answers that stand out for this reason; none: for no reason."
    )
    answers: Literal["counted", "given"] | None = Field(
        None,
        description="given: what each annotator said, also where a reviewer's decision counts"
        " instead. Else what counts.",
    )
    pairs: Literal["all", "best"] | None = Field(
        None, description="best: the best tier against the others, not the others among themselves."
    )
    ties: Literal["leave_out", "both_ways"] | None = Field(
        None, description="both_ways: of two tied texts a pair each way. Else none."
    )

    @classmethod
    def read(cls, query: QueryDict) -> Self:
        """From the address, where an empty one counts as none.

        BadRequestError for a filter that does not exist, BadInputError for a value that cannot be.
        """
        for name in query:
            if name not in cls.model_fields:
                raise _no_filter(name, cls.model_fields)
        try:
            return cls.model_validate({name: text for name, text in query.items() if text})
        except ValidationError as error:
            fields = {str(part["loc"][0]): in_words(part) for part in error.errors()}
            raise BadInputError(_("A filter is not valid: see errors."), errors=fields) from error

    @property
    def asked(self) -> dict[str, str]:
        """Those that are set, as an address holds them."""
        return {name: str(value) for name, value in self if value is not None}

    def check(self, allowed: "Collection[str]") -> None:
        """BadRequestError where one is set that the dataset does not have."""
        for name in self.asked:
            if name not in allowed:
                raise _no_filter(name, [each for each in Filters.model_fields if each in allowed])

    def lookups(self, **fields: str) -> dict[str, Any]:
        """Conditions: of each filter that is set the field that it asks."""
        found = {path: getattr(self, name) for name, path in fields.items()}
        return {path: value for path, value in found.items() if value is not None}

    def on_annotations(
        self, annotations: "QuerySet[Annotation]", project: Project
    ) -> "QuerySet[Annotation]":
        """The annotations that pass."""
        asked = self.lookups(
            kind="kind",
            round="task__round_number",
            split="task__prompt__split",
            language="task__prompt__language",
        )
        asked |= self._annotator(project) | self._days("created_at")
        for name, path in (("agreement_at_least", "gte"), ("agreement_at_most", "lte")):
            if (percent := getattr(self, name)) is not None:
                asked[f"task__agreement__agreement__{path}"] = percent / 100
        if self.flag is not None:
            reason = "annotation" if self.flag in {"any", "none"} else self.flag
            asked[f"flagged__{reason}__isnull"] = self.flag == "none"
        if self.model is not None:
            is_by_it = Q(model_version__name=self.model) | Q(sampling__model=self.model)
            written = Completion.objects.filter(is_by_it)
            replied = Exchange.objects.filter(version__name=self.model, state="answered")
            annotations = annotations.filter(
                Exists(written.filter(tasks=OuterRef("task")))
                | Exists(replied.filter(assignment=OuterRef("assignment")))
            )
        return annotations.filter(**asked)

    def on_skips(
        self, assignments: "QuerySet[Assignment]", project: Project
    ) -> "QuerySet[Assignment]":
        """The skipped assignments that pass."""
        asked = self.lookups(
            kind="task__kind",
            round="task__round_number",
            split="task__prompt__split",
            language="task__prompt__language",
        )
        return assignments.filter(**asked, **self._person(project), **self._days("lease_until"))

    def _annotator(self, project: Project) -> dict[str, Any]:
        """Somebody here, or somebody whom files name, whose labels are in one account."""
        if self.annotator is None:
            return {}
        if whos := pseudonyms.whos_of(project, self.annotator):
            return {"imported_label__who__in": whos}
        found = self._person(project)
        nobody = User.objects.filter(email=NOBODY, pk=found["annotator"])
        return found | ({"imported_label__who": ""} if nobody.exists() else {})

    def _person(self, project: Project) -> dict[str, Any]:
        """BadInputError for a pseudonym that nobody has here."""
        if self.annotator is None:
            return {}
        person = pseudonyms.person_of(project, self.annotator)
        if person is None:
            text = _("Nobody in this project has this pseudonym.")
            raise BadInputError(text, errors={"annotator": text})
        return {"annotator": person}

    def _days(self, field: str) -> dict[str, Any]:
        bounds = {"gte": (self.since, time.min), "lte": (self.until, time.max)}
        return {
            f"{field}__{name}": datetime.combine(day, moment, UTC)
            for name, (day, moment) in bounds.items()
            if day is not None
        }


def _no_filter(name: str, known: "Collection[str]") -> BadRequestError:
    said = {"name": ascii(name[:40]), "known": ", ".join(known)}
    if not known:
        return BadRequestError(_("There is no filter %(name)s here.") % said)
    return BadRequestError(_("There is no filter %(name)s here: use %(known)s.") % said)
