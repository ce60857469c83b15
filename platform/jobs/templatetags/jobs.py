"""Jobs as people read of them."""

from django import template

from jobs.handlers import label_of
from jobs.models import Job

register = template.Library()


@register.filter
def kind(job: Job) -> str:
    """What `job` does, in words."""
    return label_of(job)
