"""What stands before each prompt of a project: its versions, a new one, and a look at it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.requests import UserRequest
from core.errors import BadInputError, ConflictError
from labeling import model_fit, preambles
from labeling.access import project_for
from labeling.given import Message, given
from labeling.models import WARNED, Preamble, Project, Prompt, Role
from labeling.preamble_draft import PreambleDraft
from labeling.views.signed_in import signed_in
from registry import rendering

OFFERED = 12  # prompts that one may look at


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def preamble(request: UserRequest, slug: str) -> HttpResponse:
    """The newest version, or the one that is asked for; POST rearranges, shows, or stores."""
    project = project_for(request.user, slug, role=Role.MANAGER)
    if request.method != "POST":
        number = request.GET.get("version", "")
        versions = project.preambles.filter(number=int(number)) if _is_number(number) else None
        shown = versions.first() if versions else Preamble.objects.newest(project)
        return _page(request, project, PreambleDraft.of(shown))
    draft, act = PreambleDraft.read(request.POST), request.POST.get("do", "")
    if act != "save":
        draft.act(act)
        return _page(request, project, draft, is_changed=True)
    before = Preamble.objects.newest(project)
    try:
        made = preambles.change(
            project=project,
            system=draft.system,
            exemplars=draft.exemplars,
            by=request.user,
            newest=int(began) if _is_number(began := request.POST.get("newest", "")) else None,
        )
    except ConflictError as error:
        messages.error(request, error.message)
        return _page(request, project, draft, is_changed=True, status=409)
    except BadInputError as error:
        draft.errors = error.errors
        if not error.errors:
            messages.error(request, error.message)
        return _page(request, project, draft, is_changed=True, status=422)
    if made == before:
        messages.info(request, _("Nothing has changed."))
    elif made is not None:
        text = _("Version %s is stored. The next round is opened with it.")
        messages.success(request, text % made.number)
    return redirect("preamble", slug)


def _page(
    request: UserRequest,
    project: Project,
    draft: PreambleDraft,
    *,
    is_changed: bool = False,
    status: int = 200,
) -> HttpResponse:
    sent = request.POST if request.method == "POST" else request.GET
    prompts = _offered(project)
    number = sent.get("prompt", "")
    asked = [prompt for prompt in prompts if str(prompt.pk) == number] or prompts[:1]
    try:
        before = preambles.messages_of(draft.system, draft.exemplars)
    except BadInputError:  # half an exemplar, as yet
        before = []
    versions = list(project.preambles.select_related("created_by").order_by("-number")[:50])
    keeps = status != 409 and sent.get("newest")  # of what was sent, until it was refused
    context = {
        "project": project,
        "draft": draft,
        "is_changed": is_changed,
        "versions": versions,
        "newest": keeps or (versions[0].number if versions else 0),
        "prompts": prompts,
        "asked": asked[0] if asked else None,
        "warnings": model_fit.of_preamble(project, Preamble(project=project, messages=before)),
        **_seen(project, given(before, asked[0].messages) if asked else []),
    }
    return render(request, "labeling/preamble.html", context, status=status)


def _seen(project: Project, conversation: list[Message]) -> dict[str, Any]:
    """What the model that writes next would be given, as messages and through its template."""
    model = model_fit.writer(project)
    rendered = rendering.render(model, conversation) if model and conversation else None
    return {
        "conversation": conversation,
        "tokens": round(model_fit.tokens(conversation)),
        "model": model,
        "rendered": rendered,
    }


def _offered(project: Project) -> list[Prompt]:
    """Prompts to look at, none with a content warning; some with a system message of their own."""
    found = project.prompts.in_use().exclude(content_warning__in=WARNED).order_by("pk")
    own = list(found.with_system_turn()[: OFFERED // 3])
    others = found.exclude(pk__in=[prompt.pk for prompt in own])
    return [*others[: OFFERED - len(own)], *own]


def _is_number(text: str) -> bool:
    return text.isdecimal() and len(text) < 8
