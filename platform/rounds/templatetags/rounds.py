"""How numbers and links are shown."""

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from labeling.models import Project
from registry.models import ModelVersion
from rounds.models import Round, Run
from rounds.stages import get
from rounds.stages.setting import written

register = template.Library()
register.filter("written", written)
NOTHING = "–"


@register.filter
def duration(seconds: float | None) -> str:
    """Seconds in the two largest units that matter."""
    if seconds is None:
        return NOTHING
    minutes, hours = round(seconds / 60), int(seconds // 3600)
    if seconds < 90:
        return ngettext("%s second", "%s seconds", round(seconds)) % round(seconds)
    if minutes < 90:
        return ngettext("%s minute", "%s minutes", minutes) % minutes
    return _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": minutes - hours * 60}


@register.filter
def decimal(value: float | str | None, digits: int = 2) -> str:
    """A number with a real minus sign; a dash where there is none.

    Templates say "" for a figure that an earlier version did not write down.
    """
    if value is None or isinstance(value, str):
        return NOTHING
    return f"{round(value, digits) + 0.0:,.{digits}f}".replace("-", "−")


@register.filter
def signed(value: float | None) -> str:
    """A change, with its sign."""
    return NOTHING if value is None else f"{round(value, 2) + 0.0:+.2f}".replace("-", "−")


@register.filter
def percent(value: float | str | None) -> str:
    """A share of one; a dash where there is none, as for `decimal`."""
    if value is None or isinstance(value, str):
        return NOTHING
    return f"{100 * value:.1f}\N{NO-BREAK SPACE}%"


@register.filter
def points(change: float) -> str:
    """A change of a share in percentage points, with its sign."""
    return f"{100 * change + 0.0:+.1f}".replace("-", "−")


@register.filter
def count(number: int) -> str:
    """A whole number in groups of three digits."""
    return f"{number:,}"


@register.filter
def stage_of(run: Run) -> str:
    """What people call the run's stage."""
    return str(get(run.stage).label)


@register.filter
def phase_of(run: Run) -> str:
    """What its trainer is doing, in the reader's language."""
    name = run.job.phase
    return str(get(run.stage).phases.get(name) or name or NOTHING)


@register.filter
def short(sha256: str) -> str:
    """The first characters of a hash, enough to tell two apart."""
    return sha256[:12]


@register.simple_tag
def model_link(project: Project, version: ModelVersion) -> SafeString:
    """The version's name, which leads to its page in the project."""
    url = reverse("model", args=[project.slug, version.pk])
    return format_html('<a href="{}">{}</a>', url, version.name)


@register.simple_tag
def round_link(project: Project, round_: Round) -> SafeString:
    """The round's name, which leads to its page."""
    url = reverse("round", args=[project.slug, round_.number])
    return format_html('<a href="{}">{}</a>', url, _("Round %s") % round_.number)
