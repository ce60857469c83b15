"""The tabs of a project: those that stand in one line, and those of the menu “More”."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from labeling.models import Project


@dataclass(frozen=True, kw_only=True)
class Tab:
    """One of them: the name of its address and its words. in_menu: for managers, who have many."""

    name: str
    label: Promise
    for_reviewers: bool = True
    in_menu: bool = False


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A tab of a project on a page. is_here: the page is one of its pages."""

    url: str
    label: Promise
    is_here: bool


@dataclass(frozen=True, kw_only=True)
class Tabs:
    """Those that a page shows."""

    line: list[Shown]
    menu: list[Shown]

    @property
    def is_here_in_menu(self) -> bool:
        """Whether the page is one of a tab of the menu."""
        return any(tab.is_here for tab in self.menu)


TABS = (
    Tab(name="project", label=_("Overview")),
    Tab(name="rounds", label=_("Rounds"), for_reviewers=False),
    Tab(name="models", label=_("Models"), for_reviewers=False),
    Tab(name="prompts", label=_("Prompts")),
    Tab(name="queue", label=_("Queue")),
    Tab(name="labels", label=_("Answers")),
    Tab(name="review", label=_("Review")),
    Tab(name="agreement", label=_("Agreement")),
    Tab(name="skipped", label=_("Skipped"), in_menu=True),
    Tab(name="export", label=_("Export")),
    Tab(name="members", label=_("People"), for_reviewers=False),
    Tab(name="guidelines", label=_("Guidelines")),
    Tab(name="checks", label=_("Checks"), for_reviewers=False, in_menu=True),
    Tab(name="task_pages", label=_("Task pages"), for_reviewers=False, in_menu=True),
    Tab(name="preamble", label=_("System prompt"), for_reviewers=False, in_menu=True),
    Tab(name="project_settings", label=_("Settings"), for_reviewers=False),
)


def tabs_of(project: Project, here: str, *, is_manager: bool) -> Tabs:
    """Those that a member sees on the pages of the tab `here`."""
    line: list[Shown] = []
    menu: list[Shown] = []
    for tab in TABS:
        if is_manager or tab.for_reviewers:
            url = reverse(tab.name, args=[project.slug])
            shown = Shown(url=url, label=tab.label, is_here=tab.name == here)
            (menu if is_manager and tab.in_menu else line).append(shown)
    return Tabs(line=line, menu=menu)
