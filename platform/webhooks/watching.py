"""A round is complete when its last answer comes, which no single transaction can see.

Two people who submit the last two answers at once do not see each other's. So the pass that sends
looks, and tells each round once, and again when more was asked for and came.
"""

from django.db.models import Exists, Max, OuterRef

from labeling.models import Purpose, Task
from rounds.models import Round
from webhooks.models import Endpoint, EventType
from webhooks.noting import note


def note_complete_rounds() -> None:
    """Note each round that is not over and has all answers, where an endpoint hears of it."""
    hearing = Endpoint.objects.hearing(EventType.ROUND_COMPLETE).filter(project=OuterRef("project"))
    going_on = Round.objects.exclude(state__in=Round.OVER).filter(Exists(hearing))
    for round_ in going_on.select_related("project"):
        asked = round_.project.tasks.filter(round_number=round_.number, purpose=Purpose.LABEL)
        if round_.awaited or asked.filter(state=Task.State.OPEN).exists():
            continue
        last = asked.filter(state=Task.State.DONE).aggregate(last=Max("pk"))["last"]
        if last is not None:
            data = {"project": round_.project.slug, "round": round_.number}
            once = f"round {round_.pk} up to task {last}"
            note(EventType.ROUND_COMPLETE, project=round_.project_id, data=data, once=once)
