"""What SFT needs: demonstrations."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from labeling.kinds import kinds
from rounds.stages.findings import (
    COMPLETION_TOKENS,
    FEWEST,
    PROMPT_TOKENS,
    Finding,
    Look,
    Stock,
    counted,
    warning,
)
from rounds.stages.setting import Recipe


def left_out(recipe: Recipe) -> frozenset[str]:
    """The kinds whose texts the recipe does not count as demonstrations."""
    if recipe.get("corrections_as_demonstrations"):
        return frozenset()
    return frozenset(kind.name for kind in kinds().values() if kind.edits)


def examples(recipe: Recipe, stock: Stock) -> int:
    """How many demonstrations there are to train on."""
    return stock.rows("demonstrations", but=left_out(recipe))


def findings(look: Look) -> list[Finding]:
    """Are there demonstrations?"""
    have = examples(look.recipe, look.stock)
    text = ngettext("%(n)s demonstration to train on", "%(n)s demonstrations to train on", have)
    found = [counted(look.round, have, text % {"n": have}, _("Label or ask for demonstrations"))]
    heldout = look.stock.rows("demonstrations", split="heldout", but=left_out(look.recipe))
    if have >= FEWEST and not heldout:
        found.append(warning(_("No held-out demonstration: there will be no held-out loss.")))
    return found


def operations(look: Look) -> float:
    """6 a parameter and token: 2 to read, 4 to learn."""
    examined = examples(look.recipe, look.stock) * look.recipe["epochs"]
    return float(6 * look.parameters * examined * (PROMPT_TOKENS + COMPLETION_TOKENS))
