"""Who did what: all of the site for its admins, a project's for its managers."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib.auth.decorators import login_required
from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import AuditEntry, User
from accounts.requests import UserRequest
from core.errors import BadInputError, NotAllowedError
from labeling.access import project_for
from labeling.models import Project, Review, Role
from web.auditing import rows
from web.auditing.words import ACTIONS

PAGE = 50
OF_REVIEW = "review:"  # before a verb of reviewers, among the actions of the audit


class AuditFilter(forms.Form):
    """Which acts are shown; lives in the address."""

    person = forms.ModelChoiceField(
        label=gettext_lazy("Who"),
        required=False,
        queryset=User.objects.none(),
        empty_label=gettext_lazy("All"),
    )
    action = forms.ChoiceField(label=gettext_lazy("What"), required=False)
    since = forms.DateField(
        label=gettext_lazy("From"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    until = forms.DateField(
        label=gettext_lazy("To"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(self, data: Any, *, project: Project | None) -> None:
        super().__init__(data)
        entries, reviews = AuditEntry.objects.all(), Review.objects.all()
        if project is not None:
            entries = entries.filter(project=project.pk)
            reviews = reviews.filter(annotation__project=project)
        self.entries, self.reviews = entries, reviews
        acted = (Exists(found.filter(actor=OuterRef("pk"))) for found in (entries, reviews))
        people = User.objects.filter(next(acted) | next(acted)).order_by("name")
        self.fields["person"].queryset = people  # type: ignore[attr-defined]
        verbs = [(f"{OF_REVIEW}{verb}", label) for verb, label in Review.Verb.choices]
        choices = [("", _("Everything")), *ACTIONS.items(), *verbs]
        self.fields["action"].choices = choices  # type: ignore[attr-defined]

    @property
    def asked(self) -> dict[str, Any]:
        """The conditions that were chosen, as an address holds them."""
        chosen = {name: value for name, value in self.cleaned_data.items() if value}
        return {name: getattr(value, "pk", value) for name, value in chosen.items()}

    def sources(self) -> rows.Sources:
        """The rows that fit, of either table."""
        asked = self.asked
        lookups = {"person": "actor", "since": "created_at__date__gte"}
        lookups["until"] = "created_at__date__lte"
        fits = {lookups[name]: value for name, value in asked.items() if name in lookups}
        entries = self.entries.filter(**fits).select_related("actor")
        reviews = self.reviews.filter(**fits).select_related("actor", "annotation__project")
        action = asked.get("action", "")
        if action.startswith(OF_REVIEW):
            return entries.none(), reviews.filter(verb=action.removeprefix(OF_REVIEW))
        return (entries.filter(action=action), reviews.none()) if action else (entries, reviews)


@never_cache
@login_required
@require_safe
def audit(request: UserRequest) -> HttpResponse:
    """All that was done on the site."""
    if not request.user.is_superuser:
        raise NotAllowedError(_("Only the site admin sees this. Managers have their project’s."))
    return _page(request, None)


@never_cache
@login_required
@require_safe
def project_audit(request: UserRequest, slug: str) -> HttpResponse:
    """All that was done in a project."""
    return _page(request, project_for(request.user, slug, role=Role.MANAGER))


def _page(request: UserRequest, project: Project | None) -> HttpResponse:
    form = AuditFilter(request.GET, project=project)
    if not form.is_valid():
        raise BadInputError(_("This filter cannot be read. Start again from the list."))
    before = request.GET.get("before", "")
    found, beyond = rows.page(form.sources(), size=PAGE, before=before)
    context = {
        "project": project,
        "form": form,
        "asked": form.asked,
        "rows": found,
        "newest": f"?{urlencode(form.asked)}" if before else "",
        "older": f"?{urlencode({**form.asked, 'before': beyond})}" if beyond else "",
    }
    return render(request, "web/audit.html", context)
