"""What a second reward model needs beyond the first: labels that the first has not seen."""

from django.utils.translation import gettext as _

from registry.models import ModelVersion
from rounds.models import Half, Run
from rounds.queries import newest_version
from rounds.stages.findings import Finding, Look


def findings(look: Look, found: list[Finding]) -> list[Finding]:
    """`found`, and whether the reward model of the chain, or else the newest, learns from the other
    half.
    """
    if ModelVersion.Kind.REWARD in look.made:
        return found
    first = newest_version(look.round.project, ModelVersion.Kind.REWARD)
    if first is None or Run.objects.filter(job=first.job_id, half=Half.FIRST).exists():
        return found
    text = _(
        "%s has learned from all labels, so a second one would be no judge of its own: tick "
        "“Reward model” as well, so that each learns from half of the prompts."
    )
    return [*found, Finding(level="missing", text=text % first.name)]
