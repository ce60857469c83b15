"""When an answer to a check stays as it is: a score is worth nothing once its author knew."""

from django.utils.translation import gettext as _

from labeling.models import Annotation, Gold, Purpose, Screening, SolutionShown

DECIDED = [Screening.State.PASSED, Screening.State.FAILED]


def why_closed(answer: Annotation) -> str:
    """Why its author may not change it, in words; "" where they may, as they know nothing of it.

    Until they have been told, it is like any answer: a refusal would tell them. Repeats are never
    told of.
    """
    if answer.purpose != Purpose.GOLD:
        return ""
    gold = Gold.objects.filter(task=answer.task_id).first()
    if gold is None:
        return ""
    # What somebody has seen stays seen, whatever the project wants now, beside whichever version.
    if SolutionShown.objects.filter(annotation__assignment=answer.assignment_id).exists():
        return _("You have been told that this was a check, so your answer stays as it is.")
    if not gold.is_test:
        return ""
    own = Screening.objects.filter(project=answer.project_id, annotator=answer.annotator_id)
    decided = own.filter(state__in=DECIDED).exists()
    return _("A manager has decided on the test: its answers stay as they are.") if decided else ""
