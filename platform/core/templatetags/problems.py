"""What a sent form had wrong, said once at the top of every page that has one."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.forms import BaseForm

register = template.Library()


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One error. label and target: of its field, empty where it is of none that can be seen."""

    label: str
    target: str
    text: str


@register.inclusion_tag("core/_problems.html", takes_context=True)
def problem_summary(context: template.Context) -> dict[str, Any]:
    """The errors of `form`, or of each of `forms`, with links to their fields."""
    forms = context.get("forms") or [context.get("form")]
    return {"problems": [one for form in forms if form is not None for one in problems_of(form)]}


def problems_of(form: BaseForm) -> list[Problem]:
    """Its errors in the order of its fields, those of no field first.

    A form that is one of several on its page has a `title`.
    """
    if not form.is_bound:
        return []
    found = [Problem(label="", target="", text=str(text)) for text in form.non_field_errors()]
    for field in form:
        label = ": ".join(filter(None, [str(getattr(form, "title", "")), str(field.label)]))
        target = "" if field.is_hidden else field.id_for_label or field.auto_id
        for text in field.errors:
            found.append(Problem(label=label, target=target, text=str(text)))
    return found
