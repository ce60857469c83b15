"""How figures are written."""

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from quality import showing

register = template.Library()


@register.filter
def share(value: float) -> str:
    """A share of one in percent."""
    return showing.written(value, "share")


@register.filter
def number(value: float) -> str:
    """With two decimals; what no page has room for as "a lot"."""
    return showing.written(value, "mean") if value < 1000 else _("over 1,000")


@register.filter
def count(value: int) -> str:
    """A whole number in groups of three digits."""
    return f"{value:,}"


@register.filter
def chance(value: float) -> str:
    """A probability, the very small ones as a bound."""
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


@register.filter
def span(seconds: float | None) -> str:
    """Seconds as people say them."""
    whole = round(seconds or 0)
    if whole < 120:
        return ngettext("%s second", "%s seconds", whole) % whole
    minutes = round(whole / 60)
    if minutes < 120:
        return ngettext("%s minute", "%s minutes", minutes) % minutes
    return _("%(hours)s h %(minutes)s min") % {"hours": minutes // 60, "minutes": minutes % 60}
