"""Work on tasks: taking one, keeping a draft, giving it up, answering it."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema, Status

from api.answers import OwnAnswer, own_answer
from api.assignment_bodies import AnswerIn, DraftIn, SkipIn, TakeIn
from api.auth import ANNOTATOR, REVIEWER, SIGNED_IN
from api.request import ApiRequest
from api.schemas import Page, Place, page_of
from core.errors import ConflictError, NotFoundError
from labeling import assigning, content_warnings, deciding, revising, skipping
from labeling.given import given
from labeling.kinds import kinds
from labeling.models import Assignment, Purpose, Task
from labeling.submitting import submit
from labeling.views.reading_first import must_read_first

router = Router(tags=["assignments"])


class ShownText(Schema):
    """A text to be judged. Who wrote it is not said."""

    id: int
    text: str


class AssignmentOut(Schema):
    """A task in somebody's hands.

    messages: what a model was given, or is to be answered. texts: in the order of this person.
    settings: of the kind, as the task was opened with. lease_seconds: how long it is reserved; what
    has no lease waits for ever. A draft is saved over `draft_version`. client_key: an answer that
    is sent again with it is the same answer.
    """

    id: int
    kind: str
    state: str
    messages: list[dict[str, Any]]
    texts: list[ShownText]
    rubric: list[dict[str, Any]]
    settings: dict[str, Any] | None
    content_warning: bool
    is_correction: bool
    is_decision: bool
    has_lease: bool
    lease_seconds: int
    draft: dict[str, Any] | None
    draft_version: int
    active_seconds: int
    client_key: str
    guideline_version: int


class KindOut(Schema):
    """A kind of task. answer: the JSON schema of its answers."""

    name: str
    label: str
    instruction: str
    answer: dict[str, Any]


class KindsOut(Schema):
    """All of them."""

    kinds: list[KindOut]


def _out(row: Assignment) -> dict[str, Any]:
    task, kind = row.task, kinds()[row.task.kind]
    settings = kind.settings_of(task)
    before = task.preamble.messages if task.preamble else []
    texts = task.texts
    corrects = row.state == Assignment.State.REVISING
    decides = row.purpose == Purpose.DECISION
    seconds = int((row.lease_until - timezone.now()).total_seconds())
    same = ("state", "draft", "draft_version", "active_seconds")
    return {name: getattr(row, name) for name in same} | {
        "id": row.pk,
        "kind": kind.name,
        "messages": given(before, task.prompt.given_messages),
        "texts": [{"id": pk, "text": texts[pk]} for pk in row.shown_order if pk in texts],
        "rubric": task.prompt.rubric if kind.reads_rubric else [],
        "settings": settings and settings.model_dump(mode="json"),
        "content_warning": task.prompt.is_warned_of,
        "is_correction": corrects,
        "is_decision": decides,
        "has_lease": not (corrects or decides),
        "lease_seconds": max(seconds, 0),
        "client_key": str(row.client_key),
        "guideline_version": task.project.guideline_version,
    }


@router.get("/kinds", auth=SIGNED_IN, response=KindsOut, summary="List the kinds of tasks")
def list_kinds(request: ApiRequest) -> dict[str, Any]:
    """With the form of their answers."""
    return {
        "kinds": [
            {
                "name": kind.name,
                "label": str(kind.label),
                "instruction": str(kind.instruction),
                "answer": kind.Body.model_json_schema(),
            }
            for kind in kinds().values()
        ]
    }


@router.get(
    "/projects/{slug:slug}/assignments",
    auth=ANNOTATOR,
    response=Page[AssignmentOut],
    summary="List the tasks in your hands",
)
def list_assignments(request: ApiRequest, slug: str, place: Query[Place]) -> dict[str, Any]:
    """Those that you have begun and not answered, and what you correct or decide."""
    return page_of(_own(request).filter(state__in=Assignment.OPEN), place, _out)


@router.post(
    "/projects/{slug:slug}/assignments",
    auth=ANNOTATOR,
    response={200: AssignmentOut, 204: None},
    summary="Take the next task",
)
def take_task(request: ApiRequest, slug: str, body: TakeIn) -> Any:
    """The one that you have begun, if there is one. 204: nothing is left for you now."""
    if body.kind is not None and body.kind not in kinds():
        raise NotFoundError(_("There is no such kind of task."))
    if must_read_first(request.member):
        raise ConflictError(_("The guidelines are new, or have changed: read them, then continue."))
    found = assigning.claim_next(project=request.project, annotator=request.user, kind=body.kind)
    return Status(204, None) if found is None else _out(_one(request, found.pk))


@router.get(
    "/projects/{slug:slug}/assignments/{int:pk}",
    auth=ANNOTATOR,
    response=AssignmentOut,
    summary="Read a task in your hands",
)
def read_assignment(request: ApiRequest, slug: str, pk: int) -> dict[str, Any]:
    """As it is now."""
    return _out(_one(request, pk))


@router.put(
    "/projects/{slug:slug}/assignments/{int:pk}/draft",
    auth=ANNOTATOR,
    response=AssignmentOut,
    summary="Keep a draft and renew the lease",
)
def keep_draft(request: ApiRequest, slug: str, pk: int, body: DraftIn) -> dict[str, Any]:
    """409 with the type `stale_draft` where another page or script has saved since."""
    assigning.save_draft(assignment=_one(request, pk), **body.model_dump())
    return _out(_one(request, pk))


@router.post(
    "/projects/{slug:slug}/assignments/{int:pk}/release",
    auth=ANNOTATOR,
    response={204: None},
    summary="Let others have the task",
)
def release_task(request: ApiRequest, slug: str, pk: int) -> Status[None]:
    """Now, and not when the lease ends. You may be given it again; the draft stays."""
    assigning.release(assignment=_one(request, pk))
    return Status(204, None)


@router.post(
    "/projects/{slug:slug}/assignments/{int:pk}/skip",
    auth=ANNOTATOR,
    response={204: None},
    summary="Leave the task to others",
)
def skip_task(request: ApiRequest, slug: str, pk: int, body: SkipIn) -> Status[None]:
    """It does not come back to you. `declined`: after a content warning, in any project."""
    found = _one(request, pk)
    skipping.skip(assignment=found, reason=body.reason, note=body.note.strip())
    if body.avoid:
        content_warnings.avoid(member=request.member, avoids=True)
    return Status(204, None)


@router.post(
    "/projects/{slug:slug}/assignments/{int:pk}/answer",
    auth=ANNOTATOR,
    response={201: OwnAnswer},
    summary="Answer the task",
)
def submit_answer(
    request: ApiRequest, slug: str, pk: int, body: AnswerIn
) -> Status[dict[str, Any]]:
    """Sent again with the same client_key it is the same answer. A late one may be an extra one."""
    found = _one(request, pk)
    annotation = submit(
        assignment=found,
        body=body.answer,
        client_key=found.client_key if body.client_key is None else body.client_key,
        active_seconds=body.active_seconds,
        guideline_version=body.guideline_version,
        concerns=body.concerns,
        comment=body.comment,
    )
    return Status(201, own_answer(request, annotation.pk))


@router.post(
    "/projects/{slug:slug}/assignments/{int:pk}/keep",
    auth=ANNOTATOR,
    response={204: None},
    summary="Leave an answer as it was",
)
def keep_answer(request: ApiRequest, slug: str, pk: int) -> Status[None]:
    """Gives up a correction that was begun."""
    revising.keep(assignment=_one(request, pk), by=request.user)
    return Status(204, None)


@router.post(
    "/projects/{slug:slug}/tasks/{int:pk}/decision",
    auth=REVIEWER,
    response={201: AssignmentOut},
    summary="Decide a task",
)
def decide_task(request: ApiRequest, slug: str, pk: int) -> Status[dict[str, Any]]:
    """An assignment of yours, whose answer counts in place of all others."""
    task = Task.objects.filter(pk=pk, project=request.project).first()
    if task is None:
        raise NotFoundError
    return Status(201, _out(_one(request, deciding.decide(task=task, by=request.user).pk)))


def _own(request: ApiRequest) -> Any:
    rows = Assignment.objects.filter(task__project=request.project, annotator=request.user)
    return rows.select_related("task__project", "task__prompt", "task__settings", "task__preamble")


def _one(request: ApiRequest, pk: int) -> Assignment:
    found: Assignment | None = _own(request).filter(pk=pk).first()
    if found is None:
        raise NotFoundError
    return found
