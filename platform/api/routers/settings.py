"""What managers set of a project: how its tasks are handed out, and what one may skip."""

from typing import Annotated, Any, Literal

from django.utils.translation import gettext as _
from ninja import Router, Schema
from pydantic import Field

from api.auth import MANAGER
from api.fields import cleaned
from api.request import ApiRequest
from api.schemas import Body, Text, example
from core.errors import BadInputError
from labeling import projects
from labeling.forms import LONGEST_GUIDELINES, SettingsForm
from labeling.kinds import kinds
from labeling.models import MOST_ANSWERS, Project
from labeling.skipping import OFFERED

router = Router(tags=["projects"])
Number = Annotated[int, Field(ge=0, lt=2**31)]


class SettingsOut(Schema):
    """overlap: answers per task. completions: how many texts a task of a kind shows.

    goal: answers in a goal_period that each annotator sees as theirs, 0 for none. skip_reasons:
    empty where all are offered. prompts_per_user: that are imported, 0 for all.
    redacts_personal: whether personal data is taken out of what is imported. licence: of the
    labels, an SPDX identifier or another name, "" where nobody has said.
    """

    name: str
    description: str
    guidelines: str
    guideline_version: int
    overlap: int
    lease_minutes: int
    completions: dict[str, int]
    goal: int
    goal_period: str
    skipping: str
    skip_reasons: list[str]
    hides_concerns: bool
    prompts_per_user: int
    redacts_personal: bool
    licence: str


class SettingsIn(Body, json_schema_extra=example(goal=20, goal_period="day")):
    """What is to be changed; what is left out stays."""

    name: str | None = Field(None, description="At most 120 characters.")
    description: str | None = Field(None, description="What it is for, at most 2,000 characters.")
    guidelines: Text | None = Field(
        None,
        description="What annotators are told, in Markdown, at most"
        f" {LONGEST_GUIDELINES:,} characters; another text is a new version.",
    )
    overlap: Number | None = Field(None, description="How many people answer a task, 1 to 20.")
    lease_minutes: Number | None = Field(
        None, description="After so many without activity a task goes to someone else."
    )
    completions: dict[str, Number] | None = Field(
        None, description="Kind (`kinds` lists them) to how many texts a task of it shows."
    )
    goal: Number | None = Field(
        None,
        description="Answers in a `goal_period` that each annotator sees as theirs, at most"
        f" {MOST_ANSWERS:,}; 0 for none.",
    )
    goal_period: Literal["day", "week"] | None = Field(None, description="What the goal is for.")
    skipping: Literal["free", "noted", "never"] | None = Field(
        None,
        description="How a task is left to others: with a reason, with a note as well, not at all.",
    )
    skip_reasons: list[str] | None = Field(
        None, description=f"Of {', '.join(OFFERED)} those that are offered; an empty list is all."
    )
    hides_concerns: bool | None = Field(
        None, description="Answers come without concerns and comments."
    )
    prompts_per_user: Number | None = Field(
        None, description="So many are imported of each `user_id` of a file; 0 for all."
    )
    redacts_personal: bool | None = Field(
        None, description="Personal data of what is imported becomes marks such as `[EMAIL]`."
    )
    licence: Text | None = Field(
        None, description="Of the labels: an SPDX identifier or another name; empty for none."
    )
    open_tasks: bool = Field(
        False, description="Another `overlap` holds for the tasks that are open as well."
    )


def _out(project: Project) -> dict[str, Any]:
    own = set(SettingsOut.model_fields) - {"completions"}
    shown = [kind for kind in kinds().values() if kind.completions.is_chosen]
    return {name: getattr(project, name) for name in own} | {
        "completions": {kind.name: project.completions_of(kind) for kind in shown}
    }


@router.get(
    "/projects/{slug:slug}/settings", auth=MANAGER, response=SettingsOut, summary="Read settings"
)
def read_settings(request: ApiRequest, slug: str) -> dict[str, Any]:
    """As they are now."""
    return _out(Project.objects.get(pk=request.project.pk))


@router.patch(
    "/projects/{slug:slug}/settings", auth=MANAGER, response=SettingsOut, summary="Change settings"
)
def change_settings(request: ApiRequest, slug: str, body: SettingsIn) -> dict[str, Any]:
    """Another text of the guidelines is a new version of them; the old ones stay."""
    sent = body.model_dump(exclude_none=True, exclude={"open_tasks"})
    return _out(change(request, sent, open_tasks=body.open_tasks))


def change(request: ApiRequest, sent: dict[str, Any], *, open_tasks: bool = False) -> Project:
    """Store what was sent over what is set, by the rules of the page's form."""
    row = Project.objects.get(pk=request.project.pk)
    blank = SettingsForm(instance=row)
    now = {name: field.initial for name, field in blank.fields.items()} | dict(blank.initial)
    for kind, number in sent.pop("completions", {}).items():
        if f"completions_{kind}" not in blank.fields:
            message = _("There is no such kind of task.")
            raise BadInputError(message, errors={"completions": message})
        sent[f"completions_{kind}"] = number
    form = SettingsForm(now | sent, instance=row)  # it writes into its instance
    return projects.change_settings(
        project=request.project, by=request.user, open_tasks=open_tasks, **cleaned(form)
    )
