"""What SFT needs: demonstrations."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rounds.queries import EDITED
from rounds.stages.findings import (
    COMPLETION_TOKENS,
    FEWEST,
    Finding,
    Look,
    Stock,
    counted,
    warning,
)
from rounds.stages.setting import Recipe


def takes_edits(recipe: Recipe) -> bool:
    """Whether the recipe counts completions that people edited as demonstrations."""
    return bool(recipe.get("corrections_as_demonstrations"))


def examples(recipe: Recipe, stock: Stock, *, split: str = "train") -> int:
    """How many demonstrations there are to train on."""
    edited = 0 if takes_edits(recipe) else stock.rows(EDITED, split=split)
    return stock.rows("demonstrations", split=split) - edited


def findings(look: Look) -> list[Finding]:
    """Are there demonstrations?"""
    have = examples(look.recipe, look.stock)
    text = ngettext("%(n)s demonstration to train on", "%(n)s demonstrations to train on", have)
    found = [counted(look.round, have, text % {"n": have}, _("Label or ask for demonstrations"))]
    heldout = examples(look.recipe, look.stock, split="heldout")
    if have >= FEWEST and not heldout:
        found.append(warning(_("No held-out demonstration: there will be no held-out loss.")))
    return found


def operations(look: Look) -> float:
    """6 a parameter and token: 2 to read, 4 to learn."""
    examined = examples(look.recipe, look.stock) * look.recipe["epochs"]
    return float(6 * look.parameters * examined * (look.prompt_tokens + COMPLETION_TOKENS))
