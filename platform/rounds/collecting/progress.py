"""How far people are with what a round asks of them."""

from django.db.models import Count, Sum

from labeling.models import Annotation
from rounds.models import Round


def labels_wanted(round_: Round) -> dict[str, int]:
    """{"wanted": answers asked for, "given": answers that fill their slots} in this round."""
    tasks = round_.project.tasks.filter(round_number=round_.number).exclude(state="withdrawn")
    answers = (
        Annotation.objects.given()
        .filter(task__project=round_.project, task__round_number=round_.number)
        .exclude(task__state="withdrawn")
    )
    wanted = tasks.aggregate(total=Sum("overlap"))["total"] or 0
    return {"wanted": wanted, "given": answers.count()}


def labels_by_kind(round_: Round) -> dict[str, dict[str, int]]:
    """Kind -> {"wanted", "given", "waiting": prompts whose completions are being written}."""
    rows = (
        round_.project.tasks.filter(round_number=round_.number)
        .exclude(state="withdrawn")
        .order_by("kind")
        .values("kind")
    )
    found: dict[str, dict[str, int]] = {}
    for row in rows.annotate(wanted=Sum("overlap")):
        found[row["kind"]] = {"wanted": row["wanted"], "given": 0, "waiting": 0}
    answers = (
        Annotation.objects.given()
        .filter(project=round_.project, task__round_number=round_.number)
        .exclude(task__state="withdrawn")
        .order_by("kind")
    )
    for kind, number in answers.values_list("kind").annotate(Count("pk")):
        found.setdefault(kind, {"wanted": 0, "waiting": 0})["given"] = number
    for kind in {**round_.pending, **round_.candidates}:
        waiting = {**round_.pending.get(kind, {}), **round_.candidates.get(kind, {})}
        if waiting:
            found.setdefault(kind, {"wanted": 0, "given": 0})["waiting"] = len(waiting)
    return found
