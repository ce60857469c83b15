"""What a reward model needs: comparisons, thousands of them."""

from django.utils.translation import gettext as _

from registry.models import ModelVersion
from rounds.stages import comparisons
from rounds.stages.comparisons import TABLE
from rounds.stages.findings import (
    COMPLETION_TOKENS,
    FEWEST,
    Finding,
    Look,
    warning,
)
from rounds.stages.reward.settings import FEWEST_REPEATS, REPEATS, SCALE
from rounds.stages.setting import Recipe
from training.reward.spec import LEARNING_PARTS, RewardSpec

TEXTS = RewardSpec.scale_texts  # of each prompt that the score is scaled on
ENOUGH_COMPARISONS = 2000  # below it a reward model is near chance (Gao et al. 2023)


def findings(look: Look) -> list[Finding]:
    """Are there comparisons, and enough of them?"""
    have, pairs = look.stock.rows(TABLE), look.stock.pairs(TABLE)
    found = comparisons.labels(look)
    if have >= FEWEST and pairs < ENOUGH_COMPARISONS:
        message = _(
            "%(have)s of %(enough)s comparisons. Below about %(enough)s a reward model is near "
            "chance on a broad task, whatever its size (Gao et al.)."
        )
        numbers = {"have": f"{pairs:,}", "enough": f"{ENOUGH_COMPARISONS:,}"}
        found.append(warning(message % numbers))
    found += comparisons.heldout(look)
    if look.recipe.get(REPEATS) and not (
        have >= max(LEARNING_PARTS) and look.stock.rows(TABLE, split="heldout")
    ):
        message = _(
            "There will be no learning curve: it needs labels with comparisons on %s training "
            "prompts at the least, and on held-out ones."
        )
        found.append(warning(message % max(LEARNING_PARTS)))
    found += comparisons.weighing(look)
    if ModelVersion.Kind.SFT not in {*look.made, look.source.kind}:
        found.append(warning(_("No SFT model: it starts from the model of the round.")))
    return found


def operations(look: Look) -> float:
    """2 a parameter and token to read, and more to learn."""
    row = look.prompt_tokens + look.per_ranking * COMPLETION_TOKENS
    rankings = look.stock.rows(TABLE) * look.recipe["epochs"] * trainings(look.recipe)
    scaled = look.recipe.get(SCALE, 0) * TEXTS * 2 * (look.prompt_tokens + 2 * COMPLETION_TOKENS)
    return float(look.parameters * ((2 + look.learned) * rankings * row + scaled))


def trainings(recipe: Recipe) -> float:
    """Of a model on all labels, that take as long as this one and those of its learning curve."""
    repeats: int = recipe.get(REPEATS, 0)
    return max(1.0, repeats * sum(1 / part for part in LEARNING_PARTS))


def misfits(recipe: Recipe) -> dict[str, str]:
    """A learning curve needs several reward models of each size."""
    if 0 < recipe.get(REPEATS, 0) < FEWEST_REPEATS:
        text = _("Choose 0, or %s and more: one of each size tells no interval.")
        return {REPEATS: text % FEWEST_REPEATS}
    return {}
