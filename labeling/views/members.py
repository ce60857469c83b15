"""Who works in a project."""

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from accounts.requests import UserRequest
from core.errors import BadInputError, ConflictError
from labeling import giving, links, projects
from labeling.access import project_for, role_in
from labeling.counting import MANY, answers_of_members
from labeling.forms import InviteForm, RoleForm
from labeling.giving_forms import GivenForm
from labeling.models import Membership, Project, Role
from labeling.views.signed_in import signed_in


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def members(request: UserRequest, slug: str) -> HttpResponse:
    """The members; POST adds one, and shows the sign-in link of a new person this once."""
    project = project_for(request.user, slug, role=Role.MANAGER)
    form = InviteForm(request.POST or None)
    if not form.is_valid():
        return _page(request, project, form=form, status=422 if form.errors else 200)
    try:
        user, link = projects.invite(project=project, by=request.user, **form.cleaned_data)
    except ConflictError as error:
        for field, message in error.errors.items():
            form.add_error(field, message)
        return _page(request, project, form=form, status=409)
    if link:
        return _page(request, project, form=InviteForm(), link=link, invited=user)
    messages.success(request, _("%(name)s is a member now.") % {"name": user})
    _say_whose_account(request, user, form.cleaned_data["role"])
    return redirect("members", slug)


@signed_in
@require_POST
def member_role(request: UserRequest, slug: str, pk: int) -> HttpResponse:
    """Give a member another role."""
    project, member = _member(request, slug, pk)
    form = RoleForm(request.POST)
    if not form.is_valid():
        raise BadInputError(_("There is no such role."))
    role = form.cleaned_data["role"]
    try:
        projects.add_member(project=project, user=member.user, role=role, by=request.user)
    except ConflictError as error:
        return _refused(request, project, error)
    text = _("%(name)s has the role “%(role)s” now.")
    messages.success(request, text % {"name": member.user, "role": Role(role).label})
    _say_whose_account(request, member.user, role)
    return _back(request, project)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def member_remove(request: UserRequest, slug: str, pk: int) -> HttpResponse:
    """Ask, then take a member out; what they labeled stays."""
    project, member = _member(request, slug, pk)
    if request.method != "POST":
        answers = member.user.annotations.newest().filter(project=project).count()
        context = {"project": project, "member": member, "answers": answers}
        return render(request, "labeling/member_remove.html", context)
    try:
        projects.remove_member(member=member, by=request.user)
    except ConflictError as error:
        return _refused(request, project, error)
    messages.success(request, _("%(name)s is no longer a member.") % {"name": member.user})
    return _back(request, project)


@never_cache
@signed_in
@require_POST
def member_link(request: UserRequest, slug: str, pk: int) -> HttpResponse:
    """Another one-time sign-in link for someone without a password."""
    project, member = _member(request, slug, pk)
    link = links.new_link(member=member, by=request.user)
    return _page(request, project, form=InviteForm(), link=link, invited=member.user)


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def member_given(request: UserRequest, slug: str, pk: int) -> HttpResponse:
    """Which kinds of tasks and which languages a member is given."""
    project, member = _member(request, slug, pk)
    form = GivenForm(request.POST if request.method == "POST" else None, member=member)
    if form.is_valid():
        chosen = form.cleaned_data
        giving.choose(
            member=member,
            kinds_given=chosen["kinds"],
            languages=chosen["languages"],
            by=request.user,
        )
        messages.success(request, _("The settings are stored."))
        return redirect("members", slug)
    context = {"project": project, "member": member, "form": form}
    status = 422 if form.errors else 200
    return render(request, "labeling/member_given.html", context, status=status)


def _say_whose_account(request: UserRequest, user: User, role: str) -> None:
    """A name in the list is no proof of who signs in by it: said where it opens more than tasks."""
    if role != Role.ANNOTATOR and links.is_opened_by_another(user, by=request.user):
        text = _(
            "%(name)s signs in with an account that another manager's link has opened: whoever used"
            " that link chose its password. Ask the person whether it was them."
        )
        messages.warning(request, text % {"name": user})


def _member(request: UserRequest, slug: str, pk: int) -> tuple[Project, Membership]:
    project = project_for(request.user, slug, role=Role.MANAGER)
    return project, get_object_or_404(
        Membership.objects.select_related("user", "project"), pk=pk, project=project
    )


def _refused(request: UserRequest, project: Project, error: ConflictError) -> HttpResponse:
    messages.error(request, error.message)
    return _page(request, project, form=InviteForm(), status=409)


def _back(request: UserRequest, project: Project) -> HttpResponse:
    """To the list, or to what is left to somebody who has changed their own place."""
    role = role_in(project, request.user)
    if role == Role.MANAGER:
        return redirect("members", project.slug)
    return redirect("project", project.slug) if role else redirect("home")


def _page(
    request: UserRequest, project: Project, *, status: int = 200, **context: object
) -> HttpResponse:
    rows = (
        Membership.objects.filter(project=project)
        .select_related("user")
        .annotate(
            answers=answers_of_members(),
            elsewhere=Count(
                "user__memberships",
                filter=~Q(user__memberships__project__in=links.managed_by(request.user)),
                distinct=True,
            ),
        )
        .order_by("user__name", "pk")
    )
    managers = [member.pk for member in rows if member.role == Role.MANAGER]
    context = {
        "project": project,
        "members": rows,
        "many": MANY,
        "roles": Role.choices,
        "only_manager": managers[0] if len(managers) == 1 else None,
        **context,
    }
    return render(request, "labeling/members.html", context, status=status)
