"""What the page on which a prompt is written needs."""

from typing import Any

from django.db.models import Count
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core import limits
from labeling import giving
from labeling.models import Membership, Proposal, WantedPrompts
from labeling.proposals import forms, shapes
from labeling.views.signed_in import sign_in_url
from labeling.views.texts import work_texts


def page_context(member: Membership, found: Proposal) -> dict[str, Any]:
    """What labeling/proposal_write.html needs."""
    project, wanted = member.project, found.wanted
    progress = WantedPrompts.objects.with_progress().get(pk=wanted.pk)
    written = Proposal.objects.filter(author=found.author, project=project)
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    return {
        "project": project,
        "proposal": found,
        "wanted": progress,
        "instruction": forms.instruction(wanted),
        "is_few_shot": shapes.SHAPES[wanted.form] is shapes.Shots,
        "today": written.filter(submitted_at__gte=midnight).count(),
        "returned": found.revises,
        "languages": giving.languages_of(project),
        "use_cases": _use_cases(member),
        "first_language": _first_language(member, found),
        "longest_label": shapes.LONGEST_LABEL,
        "data": _data(found),
        "common": _common(member),
    }


def _use_cases(member: Membership) -> list[str]:
    named = member.project.prompts.exclude(use_case="").order_by().values_list("use_case")
    return [use_case for use_case, _n in named.annotate(n=Count("pk")).order_by("-n")[:50]]


def _first_language(member: Membership, found: Proposal) -> str:
    """The one that is wanted; else that of the author's last one, or the first they are given."""
    if found.wanted.language:
        return found.wanted.language
    last = Proposal.objects.filter(author=found.author, project=member.project)
    written = last.exclude(language="").order_by("-pk").values_list("language", flat=True).first()
    return written or next(iter(member.languages), "")


def _data(found: Proposal) -> dict[str, Any]:
    here = [found.project.slug, found.pk]
    return {
        "id": f"proposal:{found.pk}",
        "has_lease": False,
        "lease_seconds": 0,
        "state": "active",
        "version": found.draft_version,
        "draft": found.draft,
        "active_seconds": found.active_seconds,
        "submit_url": reverse("proposal_write", args=here),
        "draft_url": reverse("proposal_draft", args=here),
        "check_url": reverse("proposal_check", args=here),
    }


def _common(member: Membership) -> dict[str, Any]:
    return {
        "goal": None,
        "next_url": reverse("proposals", args=[member.project.slug]),
        "sign_in_url": sign_in_url(),
        "most_bytes": limits.SIGNED_IN,
        "texts": {
            **work_texts(),
            "conflict": _("This prompt was changed in another tab or on another device."),
            "two_tabs": _("This prompt is open in another tab as well: go on in one of them only."),
            "next_task": _("Go to your prompts"),
            "will_submit": _(
                "You are offline. Your prompt is kept and sent as soon as you are back."
            ),
        },
    }
