"""An endpoint with a log."""

from accounts.models import User
from labeling.models import Project
from webhooks import endpoints
from webhooks.models import Attempt, Delivery, Endpoint, EventType, Problem

URL = "https://hooks.example.org/rondo"


def make_webhook(project: Project, by: User) -> Endpoint:
    """One that hears of everything; a test message came back once and failed in the end."""
    made, _secret = endpoints.add(project=project, url=URL, events=EventType.values, by=by)
    for state in (Delivery.State.FAILED, Delivery.State.WAITING):
        sent = endpoints.test(endpoint=made)
        Delivery.objects.filter(pk=sent.pk).update(state=state, tries=2)
        Attempt.objects.create(delivery=sent, status=500, answer="Oh <b>no</b>", milliseconds=31)
        Attempt.objects.create(delivery=sent, problem=Problem.TIME_OUT, milliseconds=10_000)
    return made
