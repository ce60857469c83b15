"""What an evaluation needs: held-out prompts and a model that the round made."""

from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext as _

from labeling.models import Split
from registry.models import ModelVersion
from rounds.lineage import made_in
from rounds.models import Evaluation, Run
from rounds.queries import newest_version
from rounds.stages.findings import (
    Finding,
    Look,
    counted_prompts,
    reward_model,
    warning,
)


def findings(look: Look, *, starts_from: Collection[ModelVersion.Kind]) -> list[Finding]:
    """Are there held-out prompts, and a model to evaluate?"""
    found = [counted_prompts(look, Split.HELDOUT, fewest=1)]
    if not look.made & set(starts_from) and made_in(look.round, *starts_from) is None:
        text = _("This round has made no model to evaluate yet.")
        found.append(Finding(level="missing", text=text))
    text = _("There is no reward model: the texts stand side by side without scores.")
    found.append(reward_model(look, without=warning(text)))
    second = newest_version(look.round.project, ModelVersion.Kind.SECOND)
    if ModelVersion.Kind.SECOND in look.made or second is not None:
        text = _("Scores with a second reward model too, which no policy was trained on")
        found.append(Finding(level="ok", text=text))
    return found


def operations(look: Look) -> float:
    """Three models sample, and each text is read by reference, model and reward model."""
    recipe = look.recipe
    texts = min(recipe["prompts"], look.stock.prompts["heldout"]) * recipe["samples_per_prompt"]
    row = look.prompt_tokens + recipe["max_new_tokens"]
    sampled = 2 * recipe["max_new_tokens"]
    chosen = texts / recipe["samples_per_prompt"] * recipe.get("best_of", 0)
    return float(look.parameters * (3 * texts * (sampled + 6 * row) + chosen * (sampled + 2 * row)))


def change(run: Run) -> str:
    """How often the reward model prefers the new one, else how the reward changed; or nothing."""
    evaluation = Evaluation.objects.filter(run=run).first()
    if evaluation is None:
        return ""
    if wins := evaluation.metrics.get("wins"):
        text = _("reward model prefers it: %(share)s (%(low)s to %(high)s) of %(n)s prompts")
        shares = {name: f"{wins[name]:.0%}" for name in ("low", "high")}
        return text % {"share": f"{wins['value']:.0%}", "n": wins["n"], **shares}
    models: dict[str, Any] = evaluation.metrics.get("models", {})
    before = models.get(str(evaluation.before_id), {}).get("reward")
    after = models.get(str(evaluation.after_id), {}).get("reward")
    if before is None or after is None:
        return ""
    return _("reward %(change)s") % {"change": f"{after - before:+.2f}".replace("-", "−")}
