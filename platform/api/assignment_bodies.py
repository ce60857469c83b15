"""What is sent of an assignment: taking it, a draft, leaving it to others, its answer."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, Strict

from api.schemas import ACTIVE, Body, example
from labeling.concerns import LONGEST_COMMENT
from labeling.kinds import kinds
from labeling.models import LONGEST_DAY, Concern, SkipReason
from labeling.skipping import OFFERED


class TakeIn(Body, json_schema_extra=example(kind=next(iter(kinds())))):
    """Which task is taken."""

    kind: str | None = Field(
        None, description="Of this kind only (`kinds` lists them); else of any."
    )


class DraftIn(Body, json_schema_extra=example(draft={"text": "Six"}, version=0, active_seconds=30)):
    """An answer that is not given yet."""

    draft: dict[str, Any] | None = Field(
        description="Anything, given back as it is; null renews the lease alone."
    )
    version: int = Field(
        ge=0, lt=2**31, description="`draft_version` of the draft that this one began from."
    )
    active_seconds: int = Field(0, ge=0, le=LONGEST_DAY, description=ACTIVE)


class SkipIn(Body, json_schema_extra=example(reason="unsafe")):
    """Why a task is left to others."""

    reason: str = Field(
        max_length=20,
        description=f"One that the project offers: {', '.join(OFFERED)}; after a content warning"
        f" also {SkipReason.DECLINED}.",
    )
    note: str = Field("", max_length=160, description="In words; some projects ask for it.")
    avoid: bool = Field(
        False, description="Be given nothing with a content warning from now on, in any project."
    )


class AnswerIn(Body, json_schema_extra=example(answer={"text": "Six minutes."}, active_seconds=45)):
    """An answer, and what goes with it."""

    answer: dict[str, Any] = Field(
        description="As the kind of the task has it (`kinds` lists them)."
    )
    client_key: Annotated[UUID, Strict(False)] | None = Field(
        None, description="A name for this answer, given once; else that of the assignment."
    )
    active_seconds: int = Field(0, ge=0, le=LONGEST_DAY, description=ACTIVE)
    guideline_version: int | None = Field(
        None, ge=1, lt=2**31, description="That of the guidelines that were read; else the newest."
    )
    concerns: list[str] = Field(
        [], max_length=20, description=f"What is wrong with the task: {', '.join(Concern.values)}."
    )
    comment: str = Field("", description=f"For reviewers, at most {LONGEST_COMMENT} characters.")
