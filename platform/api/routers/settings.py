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
from labeling.forms import SettingsForm
from labeling.kinds import kinds
from labeling.models import Project

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
    """What is to be changed; what is left out stays.

    open_tasks: whether another overlap holds for the tasks that are open as well.
    """

    name: str | None = None
    description: str | None = None
    guidelines: Text | None = None
    overlap: Number | None = None
    lease_minutes: Number | None = None
    completions: dict[str, Number] | None = None
    goal: Number | None = None
    goal_period: Literal["day", "week"] | None = None
    skipping: Literal["free", "noted", "never"] | None = None
    skip_reasons: list[str] | None = None
    hides_concerns: bool | None = None
    prompts_per_user: Number | None = None
    redacts_personal: bool | None = None
    licence: Text | None = None
    open_tasks: bool = False


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
