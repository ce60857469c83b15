"""The one way in which pages show a time: the reader's, with the exact one beside it."""

from datetime import date, datetime

from django import template
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from core import zone

register = template.Library()


@register.filter
def moment(value: datetime) -> SafeString:
    """Day and time in the reader's zone and form; in UTC it says so."""
    return _shown(value, _("j M Y, H:i"))


@register.filter
def day(value: datetime) -> SafeString:
    """The day alone, as it is where the reader is."""
    return _shown(value, _("j M Y"))


@register.filter
def calendar_day(value: date) -> SafeString:
    """A day of the calendar, the same in every zone."""
    shown = date_format(value, _("j M Y"))
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), shown)


def _shown(value: datetime, form: str) -> SafeString:
    local = localtime(value)
    exact = local.isoformat(timespec="seconds")
    shown = date_format(local, form) + ("" if zone.is_known() else " UTC")
    return format_html('<time datetime="{0}" title="{0}">{1}</time>', exact, shown)
