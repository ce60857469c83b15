"""The prompts of a project: listed, added, put right, withdrawn."""

from datetime import datetime
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema, Status
from pydantic import Field

from api.auth import MANAGER, REVIEWER
from api.fields import asked, cleaned
from api.request import ApiRequest
from api.schemas import Body, Page, Place, Text, example, page_of
from core.errors import BadInputError
from core.hashing import canonical_sha256
from labeling import content_warnings, editing, importing, rubrics
from labeling.health import report
from labeling.models import Prompt
from labeling.prompt_files import row_of
from labeling.prompt_filter import PromptFilter
from labeling.prompt_form import PromptForm
from labeling.withdrawing import restore_prompt, withdraw_prompt

router = Router(tags=["prompts"])
MOST = 500  # prompts that one request may add


class PromptQuery(Place):
    """Which prompts."""

    q: str | None = Field(None, description="Their last message contains it.")
    split: str | None = Field(None, description="`train` or `heldout`.")
    language: str | None = Field(None, description="The tag of their language: `en`.")
    use_case: str | None = Field(None, description="One use case only.")
    source: str | None = Field(None, description="Where they are from, as `source` says it.")
    metadata: str | None = Field(None, description="`key = value`, or `key` with any value.")
    imported: int | None = Field(None, ge=1, lt=2**62, description="The id of an import.")
    author: int | None = Field(None, ge=1, lt=2**62, description="The id of who proposed it.")


class PromptOut(Schema):
    """A prompt. given: JSON of messages and tools, where they are more than roles and texts."""

    id: int
    messages: list[dict[str, Any]]
    given: str
    language: str
    use_case: str
    split: str
    source: str
    group: str
    metadata: dict[str, Any]
    content_warning: bool
    rubric: list[dict[str, Any]]
    rubric_seal: str
    is_withdrawn: bool
    created_at: datetime


class PromptsIn(
    Body,
    json_schema_extra=example(
        prompts=[{"prompt": "How long does an egg boil?"}], heldout_percent=20
    ),
):
    """Prompts that are added, all or none."""

    prompts: list[dict[str, Any]] = Field(
        min_length=1,
        max_length=MOST,
        description="Each as a line of a file (docs/prompt-files.md): `prompt` or `messages`, and"
        " what else is known of it.",
    )
    source: str = Field(
        "API", min_length=1, max_length=200, description="Of those that name none themselves."
    )
    heldout_percent: int = Field(
        0, ge=0, le=50, description="How many of those that name no split are held out."
    )


class PromptsAdded(Schema):
    """known: how many the project had already. rubrics: of these, those that got the rubric."""

    created: int
    known: int
    rubrics: int


class PromptEdit(
    Body, json_schema_extra=example(texts=["How long does a hen's egg boil?"], language="en")
):
    """What is to be changed; what is left out stays."""

    texts: list[Text] | None = Field(None, description="One for each of its messages, in order.")
    language: str | None = Field(None, description="Its tag, as `en`; at most 10 characters.")
    use_case: str | None = Field(None, description="At most 40 characters; empty for none.")
    content_warning: bool | None = Field(
        None, description="Whether people are warned before they see it."
    )


class RubricIn(
    Body,
    json_schema_extra=example(
        items=[{"text": "Says how many minutes", "points": 5}], before=canonical_sha256([])
    ),
):
    """What its texts are graded by."""

    items: list[dict[str, Any]] = Field(
        description="Each with `text` and `points`, below 0 for what is bad; empty for no rubric."
    )
    before: str = Field(description="The `rubric_seal` of the prompt that the change began from.")


class PromptRestored(Schema):
    """withdrawn_tasks: those of the prompt that the queue may open again."""

    withdrawn_tasks: int


def _out(row: Prompt) -> dict[str, Any]:
    names = ("messages", "given", "language", "use_case", "split", "source", "metadata", "rubric")
    return {name: getattr(row, name) for name in names} | {
        "id": row.pk,
        "group": row.group_name,
        "content_warning": row.is_warned_of,
        "rubric_seal": rubrics.seal(row),
        "is_withdrawn": row.withdrawn_at is not None,
        "created_at": row.created_at,
    }


@router.get(
    "/projects/{slug:slug}/prompts", auth=REVIEWER, response=Page[PromptOut], summary="List prompts"
)
def list_prompts(request: ApiRequest, slug: str, query: Query[PromptQuery]) -> dict[str, Any]:
    """Those that fit all that is asked, the newest first."""
    rows = asked(query, PromptFilter).among(Prompt.objects.filter(project=request.project))
    return page_of(rows, query, _out)


@router.post(
    "/projects/{slug:slug}/prompts",
    auth=MANAGER,
    response={201: PromptsAdded},
    summary="Add prompts",
)
def add_prompts(request: ApiRequest, slug: str, body: PromptsIn) -> Status[dict[str, Any]]:
    """All or none. What is new is one import, which can be undone as that of a file."""
    rows, errors = [], {}
    for number, prompt in enumerate(body.prompts):
        try:
            rows.append(row_of(prompt, number + 1))
        except BadInputError as error:
            errors[f"prompts.{number}"] = error.message
    if errors:
        raise BadInputError(_("The input is not valid: see errors."), errors=errors)
    done = importing.import_prompts(
        project=request.project,
        rows=rows,
        source=body.source,
        by=request.user,
        heldout_percent=body.heldout_percent,
        form="API",
        health=report.of_prompts(rows, {}),
    )
    return Status(201, {"created": done.created, "known": done.duplicates, "rubrics": done.rubrics})


@router.get(
    "/projects/{slug:slug}/prompts/{int:pk}",
    auth=REVIEWER,
    response=PromptOut,
    summary="Read a prompt",
)
def read_prompt(request: ApiRequest, slug: str, pk: int) -> dict[str, Any]:
    """With all that its file said of it."""
    return _out(_prompt(request, pk))


@router.patch(
    "/projects/{slug:slug}/prompts/{int:pk}",
    auth=MANAGER,
    response=PromptOut,
    summary="Put a prompt right",
)
def edit_prompt(request: ApiRequest, slug: str, pk: int, body: PromptEdit) -> dict[str, Any]:
    """Its texts stay once anything has been made of them; a warning may always be set."""
    row = _prompt(request, pk)
    changed = body.model_dump(exclude_none=True, exclude={"content_warning"})
    if changed:
        texts = changed.pop("texts", [message["content"] for message in row.messages])
        if len(texts) != len(row.messages):
            message = _("Each message needs a text: write one for each.")
            raise BadInputError(message, errors={"texts": message})
        kept = {"language": row.language, "use_case": row.use_case} | changed
        form = PromptForm(kept | {f"text_{n}": t for n, t in enumerate(texts)}, prompt=row)
        cleaned(form)
        editing.edit_prompt(prompt=row, by=request.user, **form.values())
    if body.content_warning is not None:
        content_warnings.decide(prompt=row, warn=body.content_warning, by=request.user)
    return _out(_prompt(request, pk))


@router.put(
    "/projects/{slug:slug}/prompts/{int:pk}/rubric",
    auth=MANAGER,
    response=PromptOut,
    summary="Give a prompt another rubric",
)
def change_rubric(request: ApiRequest, slug: str, pk: int, body: RubricIn) -> dict[str, Any]:
    """Or none, by an empty list. It stays once people have begun to grade by it."""
    content = {"items": body.items}
    rubrics.change(
        prompt=_prompt(request, pk), content=content, before=body.before, by=request.user
    )
    return _out(_prompt(request, pk))


@router.post(
    "/projects/{slug:slug}/prompts/{int:pk}/withdraw",
    auth=MANAGER,
    response={204: None},
    summary="Withdraw a prompt",
)
def withdraw_one_prompt(request: ApiRequest, slug: str, pk: int) -> Status[None]:
    """Nobody is asked about it any more, no model trains on it; labels that it has stay."""
    withdraw_prompt(prompt=_prompt(request, pk), by=request.user)
    return Status(204, None)


@router.post(
    "/projects/{slug:slug}/prompts/{int:pk}/restore",
    auth=MANAGER,
    response=PromptRestored,
    summary="Use a withdrawn prompt again",
)
def restore_one_prompt(request: ApiRequest, slug: str, pk: int) -> dict[str, int]:
    """Its tasks stay withdrawn until they are opened again."""
    return {"withdrawn_tasks": restore_prompt(prompt=_prompt(request, pk), by=request.user)}


def _prompt(request: ApiRequest, pk: int) -> Prompt:
    return get_object_or_404(Prompt, pk=pk, project=request.project)
