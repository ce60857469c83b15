"""404 in words: which part of an address names nothing, or nothing that the caller may see."""

import re

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import NotFoundError
from core.problems import problem

PARTS = re.compile(r"([\w-]+)/<(?:\w+:)?(\w+)>")  # of a route: a list, and which one of it
THINGS = {  # what is behind the name of a list
    "answers": gettext_lazy("answer"),
    "assignments": gettext_lazy("assignment"),
    "ballots": gettext_lazy("vote"),
    "changes": gettext_lazy("snapshot"),
    "corpora": gettext_lazy("corpus"),
    "exports": gettext_lazy("frozen export"),
    "files": gettext_lazy("file"),
    "guidelines": gettext_lazy("version of the guidelines"),
    "imports": gettext_lazy("import"),
    "jobs": gettext_lazy("job"),
    "labels": gettext_lazy("answer"),
    "members": gettext_lazy("member"),
    "models": gettext_lazy("model"),
    "own-answers": gettext_lazy("answer"),
    "own-proposals": gettext_lazy("proposed prompt"),
    "preambles": gettext_lazy("system prompt"),
    "projects": gettext_lazy("project"),
    "prompts": gettext_lazy("prompt"),
    "proposals": gettext_lazy("proposed prompt"),
    "rounds": gettext_lazy("round"),
    "runs": gettext_lazy("run"),
    "snapshots": gettext_lazy("snapshot"),
    "tasks": gettext_lazy("task"),
    "wanted-prompts": gettext_lazy("request for prompts"),
    "webhooks": gettext_lazy("webhook"),
}


def answer(request: HttpRequest, error: Exception) -> HttpResponse:
    """The problem document. `errors` names the part of the address: the project, or what is in it.

    The same whether it is not there or not for the caller to see.
    """
    if isinstance(error, NotFoundError) and error.is_said:
        return _problem(request, error.message, {})
    match = request.resolver_match
    assert match is not None  # else no operation would have been asked
    found = parts(match.route)
    if "slug" in match.kwargs:
        is_there = getattr(request, "project", None) is not None
        found = found[1:] if is_there else found[:1]  # else the door found no project
    if not found:  # then the body or the query names it
        message = _("What this asks for is not there, or it is not yours to see.")
        return _problem(request, message, {})
    listed, name = found[-1]
    message = in_words(listed, match.kwargs[name])
    return _problem(request, message, {name: message})


def parts(route: str) -> list[tuple[str, str]]:
    """The lists of an address that have a word here, each with the name of its key."""
    return [each for each in PARTS.findall(route) if each[0] in THINGS]


def in_words(listed: str, key: object) -> str:
    """That a list has none of that key, and what to do."""
    said = {"thing": THINGS[listed], "key": key}
    if listed in {"projects", "jobs"}:
        text = _(
            "There is no %(thing)s %(key)s, or it is not yours to see: list all to find yours."
        )
    else:
        text = _(
            "There is no %(thing)s %(key)s in this project, or it is not yours to see:"
            " list all to find yours."
        )
    return text % said


def _problem(request: HttpRequest, message: str, errors: dict[str, str]) -> HttpResponse:
    return problem(request, status=404, detail=message, code=NotFoundError.code, errors=errors)
