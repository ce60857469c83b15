"""What SFT needs: demonstrations."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from registry.models import ModelVersion
from rounds.queries import EDITED, newest_version
from rounds.stages.findings import (
    COMPLETION_TOKENS,
    FEWEST,
    Finding,
    Limits,
    Look,
    Stock,
    counted,
    scorer,
    warning,
)
from rounds.stages.setting import Recipe
from training.sft.spec import REWARD

OF_TEXTS = ("score_prompts", "max_new_tokens", "temperature")  # settings


def takes_edits(recipe: Recipe) -> bool:
    """Whether the recipe counts completions that people edited as demonstrations."""
    return bool(recipe.get("corrections_as_demonstrations"))


def is_scored(recipe: Recipe) -> bool:
    """Whether a reward model chooses the epoch that is kept."""
    return recipe.get("kept") == REWARD


def used(recipe: Recipe) -> Recipe:
    """Without the settings of texts that nobody scores, which may be anything."""
    return {k: v for k, v in recipe.items() if is_scored(recipe) or k not in OF_TEXTS}


def unjudged(recipe: Recipe, limits: Limits) -> dict[str, str]:
    """What is said of the choice where there is no reward model before the chain."""
    return {"kept": without_judge()} if is_scored(recipe) and not limits.judged else {}


def without_judge() -> str:
    """Why a reward model cannot choose."""
    return _(
        "There is no reward model yet, and one of this chain comes after SFT: choose by the loss "
        "on held-out demonstrations."
    )


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
    if is_scored(look.recipe):
        found += scored(look, heldout)
    elif have >= FEWEST and not heldout:
        found.append(warning(_("No held-out demonstration: there will be no held-out loss.")))
    return found


def scored(look: Look, heldout: int) -> list[Finding]:
    """Is there a prompt to choose the epoch by, and what can read the texts for it?"""
    text = ngettext(
        "%(n)s held-out demonstration, whose prompt is answered after each epoch",
        "%(n)s held-out demonstrations, whose prompts are answered after each epoch",
        heldout,
    )
    help_ = _("Label or ask for demonstrations")
    found = [counted(look.round, heldout, text % {"n": heldout}, help_, fewest=1)]
    judge = newest_version(look.round.project, ModelVersion.Kind.REWARD)
    if judge is None:  # which is said beside the setting
        return found
    useless = _("%s has learned next to nothing: the epoch that it chooses is a matter of luck.")
    found.append(scorer(judge, useless=useless))
    if len({judge.template_hash, look.source.template_hash} - {""}) > 1:
        names = {"judge": judge.name, "model": look.source.name}
        text = _(
            "%(judge)s reads conversations written otherwise than %(model)s writes them: choose by "
            "the loss on held-out demonstrations."
        )
        found.append(Finding(level="missing", text=text % names))
    return found


def operations(look: Look) -> float:
    """6 a parameter and token: 2 to read, 4 to learn. Texts are written, and read by another."""
    recipe = look.recipe
    examined = examples(recipe, look.stock) * recipe["epochs"]
    learned = float(6 * look.parameters * examined * (look.prompt_tokens + COMPLETION_TOKENS))
    if not is_scored(recipe):
        return learned
    heldout = examples(recipe, look.stock, split="heldout")
    texts = (1 + recipe["epochs"]) * min(recipe["score_prompts"], heldout)
    row = look.prompt_tokens + recipe["max_new_tokens"]
    return learned + float(look.parameters * texts * 4 * row)
