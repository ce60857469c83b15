"""How templates show people's and models' text."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString

from labeling import giving, markdown, modules
from labeling.health import report
from labeling.kinds.base import AnnotationKind
from labeling.models import Membership, Prompt
from labeling.project_tabs import Tabs, tabs_of
from labeling.turns import Said

register = template.Library()


@register.filter
def rendered(text: str) -> SafeString:
    """Markdown as inert HTML."""
    return markdown.render(text)


@register.filter
def written(text: str) -> SafeString:
    """What a model or a person wrote: as Markdown, and raw for those who ask."""
    return markdown.written(text)


@register.filter
def asked(text: str) -> SafeString:
    """A prompt: as it was typed but for its formulas, and raw for those who ask."""
    return markdown.asked(text)


@register.filter
def verbatim(text: str) -> SafeString:
    """Text as it was typed, hidden characters marked."""
    return markdown.plain(text)


@register.filter
def data(said: Said) -> SafeString:
    """A call's arguments or a tool's schema, and raw for those who ask."""
    return markdown.data(said.shown, said.raw)


@register.filter
def language_tag(code: str) -> str:
    """A prompt's language as HTML's `lang` wants it."""
    return {"zh": "zh-Hans", "zh-hans": "zh-Hans"}.get(code.lower(), code)


@register.filter
def given(member: Membership) -> str:
    """Which tasks a member is given; "" for all."""
    return giving.in_words(member)


@register.simple_block_tag
def asked_first(content: SafeString, prompt: Prompt, summary: str) -> SafeString:
    """The block, folded under `summary` where there is a content warning.

    Whatever shows a prompt, or what was written for it, outside the page of its task stands in one.
    """
    if not prompt.is_warned_of:
        return content
    fold = '<details class="more"><summary>{}</summary>{}</details>'
    return format_html(fold, summary, content)


@register.simple_tag
def imported(drawn_by: Iterable[AnnotationKind]) -> tuple[str, ...]:
    """The static files that the scripts of a page that these kinds draw import."""
    return modules.imported(*(kind.script for kind in drawn_by), *modules.PAGE)


@register.filter
def findings(health: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What was found in a file, as an import keeps it, with its labels."""
    return report.told(health)


@register.simple_tag(takes_context=True)
def project_tabs(context: Context) -> Tabs:
    """The tabs of `project` on a page of the tab `here`; without `is_manager` as for a manager."""
    is_manager = context.get("is_manager", True)
    return tabs_of(context["project"], context["here"], is_manager=bool(is_manager))
