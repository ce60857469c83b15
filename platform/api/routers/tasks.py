"""The tasks of a project: how they stand, and steering them."""

from datetime import datetime
from typing import Any, Literal

from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema
from pydantic import Field

from api.auth import MANAGER, REVIEWER
from api.fields import asked
from api.request import ApiRequest
from api.schemas import Body, Page, Place, example, page_of
from labeling.models import Task
from labeling.queue import overlap, steering
from labeling.queue.filter import QueueFilter

router = Router(tags=["tasks"])


class TaskQuery(Place):
    """Which tasks; without a state the open ones."""

    state: str | None = Field(None, description="As `state` of a task; else `open`.")
    kind: str | None = Field(None, description="The name of a kind (`kinds` lists them).")
    language: str | None = Field(None, description="The tag of their prompt's language: `en`.")
    round: int | None = Field(None, ge=1, lt=2**31, description="The number of their round.")
    choice: str | None = Field(
        None, description="`chosen` where reward models differ, or `drawn` at random."
    )


class TextOut(Schema):
    """A text that the task is about. Who wrote it is not said: people judge blind."""

    id: int
    text: str


class TaskOut(Schema):
    """One question to `overlap` people; `missing` of them nobody holds yet."""

    id: int
    kind: str
    state: str
    prompt: int
    completions: list[TextOut]
    round: int
    language: str
    overlap: int
    missing: int
    urgency: str
    is_chosen: bool
    created_at: datetime


class TaskChange(Body, json_schema_extra=example(urgency="now", overlap=3)):
    """What is to be changed; what is left out stays."""

    urgency: Literal["now", "normal", "later"] | None = Field(
        None, description="Before the others, in turn, or after them."
    )
    state: Literal["open", "withdrawn"] | None = Field(
        None, description="Whether it is asked at all."
    )
    overlap: int | None = Field(None, ge=1, le=20, description="How many people answer it.")


ACTS = {"open": steering.Act.REOPEN, "withdrawn": steering.Act.WITHDRAW}


def _out(task: Task) -> dict[str, Any]:
    texts = sorted(task.completions.all(), key=lambda each: each.pk)
    return {
        "id": task.pk,
        "kind": task.kind,
        "state": task.state,
        "prompt": task.prompt_id,
        "completions": [{"id": each.pk, "text": each.text} for each in texts],
        "round": task.round_number,
        "language": task.language,
        "overlap": task.overlap,
        "missing": task.free_slots,
        "urgency": task.urgency,
        "is_chosen": task.is_chosen,
        "created_at": task.created_at,
    }


@router.get(
    "/projects/{slug:slug}/tasks", auth=REVIEWER, response=Page[TaskOut], summary="List tasks"
)
def list_tasks(request: ApiRequest, slug: str, query: Query[TaskQuery]) -> dict[str, Any]:
    """Those that fit all that is asked, the newest first."""
    rows = asked(query, QueueFilter, project=request.project).tasks()
    return page_of(rows.prefetch_related("completions"), query, _out)


@router.get(
    "/projects/{slug:slug}/tasks/{int:pk}", auth=REVIEWER, response=TaskOut, summary="Read a task"
)
def read_task(request: ApiRequest, slug: str, pk: int) -> dict[str, Any]:
    """With its texts."""
    return _out(get_object_or_404(Task, pk=pk, project=request.project))


@router.patch(
    "/projects/{slug:slug}/tasks/{int:pk}",
    auth=MANAGER,
    response=TaskOut,
    summary="Steer a task",
)
def steer_task(request: ApiRequest, slug: str, pk: int, body: TaskChange) -> dict[str, Any]:
    """What does not fit the task as it stands changes nothing: the answer says how it stands."""
    get_object_or_404(Task, pk=pk, project=request.project)
    one, by = Task.objects.filter(pk=pk), request.user
    acts = [ACTS[body.state]] if body.state else []
    acts += [steering.Act(body.urgency)] if body.urgency else []
    for act in acts:
        steering.steer(project=request.project, tasks=one, act=act, by=by, shown={"task": pk})
    if body.overlap is not None:
        overlap.change(project=request.project, tasks=one, overlap=body.overlap, by=by)
    return _out(one.get())
