"""What DPO needs: comparisons."""

from django.utils.translation import gettext as _

from registry.models import ModelVersion
from rounds.stages import comparisons
from rounds.stages.comparisons import TABLE
from rounds.stages.findings import COMPLETION_TOKENS, Finding, Look, warning


def findings(look: Look) -> list[Finding]:
    """Are there comparisons?"""
    found = [
        *comparisons.labels(look),
        *comparisons.heldout(look),
        *comparisons.weighing(look),
    ]
    if ModelVersion.Kind.SFT not in {*look.made, look.source.kind}:
        found.append(warning(_("No SFT model: it starts from the base model.")))
    return found


def operations(look: Look) -> float:
    """2 a parameter and token to read, by the reference and once an epoch, and more to learn."""
    texts = look.stock.rows(TABLE) * look.per_ranking
    passes = 2 + look.recipe["epochs"] * (2 + look.learned)
    return float(passes * look.parameters * texts * (look.prompt_tokens + COMPLETION_TOKENS))
