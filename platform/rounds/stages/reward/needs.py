"""What a reward model needs: comparisons, thousands of them."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from labeling.kinds import kinds
from quality.models import Reliability
from registry.models import ModelVersion
from rounds.queries import newest_version
from rounds.stages.findings import (
    COMPLETION_TOKENS,
    FEWEST,
    PROMPT_TOKENS,
    Finding,
    Look,
    counted,
    warning,
)
from rounds.stages.reward.settings import FEWEST_REPEATS, REPEATS, WEIGHING
from rounds.stages.setting import Recipe
from training.reward.spec import LEARNING_PARTS

TABLE = "rankings"
ENOUGH_COMPARISONS = 2000  # below it a reward model is near chance (Gao et al. 2023)


def findings(look: Look) -> list[Finding]:
    """Are there comparisons, and enough of them?"""
    have, pairs = look.stock.rows(TABLE), look.stock.pairs(TABLE)
    text = ngettext("%(n)s label with comparisons", "%(n)s labels with comparisons", have)
    found = [counted(look.round, have, text % {"n": have}, _("Label or ask for rankings"))]
    if look.half:
        message = _("Of half of the prompts only: no label teaches both reward models.")
        found.append(Finding(level="ok", text=message))
    elif newest_version(look.round.project, ModelVersion.Kind.SECOND) is not None:
        message = _(
            "It learns from all labels, so the second reward model will be no judge of its own any "
            "more. Tick “Second reward model” as well to keep them apart."
        )
        found.append(warning(message))
    if tied := _labels(look) - have:
        message = ngettext(
            "%(n)s label prefers no text to another and teaches nothing.",
            "%(n)s labels prefer no text to another and teach nothing.",
            tied,
        )
        found.append(warning(message % {"n": tied}))
    if have >= FEWEST and pairs < ENOUGH_COMPARISONS:
        message = _(
            "%(have)s of %(enough)s comparisons. Below about %(enough)s a reward model is near "
            "chance on a broad task, whatever its size (Gao et al.)."
        )
        numbers = {"have": f"{pairs:,}", "enough": f"{ENOUGH_COMPARISONS:,}"}
        found.append(warning(message % numbers))
    if not look.stock.rows(TABLE, split="heldout"):
        found.append(warning(_("No held-out ranking: its accuracy will not be known.")))
    if look.recipe.get(REPEATS) and not (
        have >= max(LEARNING_PARTS) and look.stock.rows(TABLE, split="heldout")
    ):
        message = _(
            "There will be no learning curve: it needs labels with comparisons on %s training "
            "prompts at the least, and on held-out ones."
        )
        found.append(warning(message % max(LEARNING_PARTS)))
    known = Reliability.objects.filter(project=look.round.project)
    if look.recipe.get(WEIGHING) and not known.exists():
        message = _(
            "Nobody’s reliability is known, so all labels weigh alike. It takes tasks that two or "
            "more people answered, and a minute."
        )
        found.append(warning(message))
    if ModelVersion.Kind.SFT not in {*look.made, look.source.kind}:
        found.append(warning(_("No SFT model: it starts from the model of the round.")))
    return found


def _labels(look: Look) -> int:
    """All labels of the kinds that give rankings, those that say nothing included."""
    by_kind = look.stock.labels["train"]
    return sum(by_kind[kind.name] for kind in kinds().values() if TABLE in kind.tables)


def operations(look: Look) -> float:
    """2 a parameter and token to read, and more to learn."""
    row = PROMPT_TOKENS + look.per_ranking * COMPLETION_TOKENS
    rankings = look.stock.rows(TABLE) * look.recipe["epochs"] * trainings(look.recipe)
    return float((2 + look.learned) * look.parameters * rankings * row)


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
