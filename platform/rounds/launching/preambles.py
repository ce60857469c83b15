"""What pre-flight says of the versions of what stands before prompts (docs/decisions/0069)."""

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _

from labeling.kinds import kinds
from labeling.models import Preamble, Project, Split
from rounds.models import Round
from rounds.queries import usable_annotations
from rounds.stages.findings import Finding


def findings(round_: Round) -> list[Finding]:
    """Labels given after other versions than the round's, and a newer version to be served after.

    Nothing, and one query, in a project that never put anything before its prompts.
    """
    project = round_.project
    if not project.preambles.exists():
        return []
    own = round_.preamble.number if round_.preamble else None
    found = []
    if others := {number: n for number, n in _labels(project).items() if number != own}:
        told = [f"{_version(number)}: {n:,}" for number, n in others.items()]
        text = _(
            "Labels were given after other versions of the system prompt and exemplars than this "
            "round's, %(own)s (%(others)s). Each is trained on after its own."
        )
        found.append(_warning(text % {"own": _version(own), "others": ", ".join(told)}, project))
    newest = Preamble.objects.in_force(project)
    if (newest.number if newest else None) != own:
        text = _(
            "The newest version of the system prompt and exemplars is %(newest)s. What is trained "
            "now is trained for this round's, %(own)s, and writes the next round after the newest."
        )
        numbers = {"newest": _version(newest.number if newest else None), "own": _version(own)}
        found.append(_warning(text % numbers, project))
    return found


def _labels(project: Project) -> dict[int | None, int]:
    """Version -> usable labels that train, those without any last."""
    training = [kind.name for kind in kinds().values() if kind.tables]
    labels = usable_annotations(project).filter(
        kind__in=training, task__prompt__split=Split.TRAIN, task__prompt__withdrawn_at=None
    )
    rows = labels.order_by().values_list("task__preamble__number").annotate(Count("pk"))
    return dict(sorted(rows, key=lambda row: (row[0] is None, row[0])))


def _version(number: int | None) -> str:
    return _("none") if number is None else _("version %s") % number


def _warning(text: str, project: Project) -> Finding:
    url = reverse("preamble", args=[project.slug])
    return Finding(level="warning", text=text, url=url, help=_("System prompt"))
