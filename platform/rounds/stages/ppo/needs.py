"""What PPO needs: prompts and a reward model."""

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from labeling.models import Split
from rounds.stages.findings import (
    Finding,
    Look,
    counted,
    counted_prompts,
    reward_model,
)
from rounds.stages.setting import Recipe
from training.ppo.spec import ENGINE, OTHERS, VALUES


def misfits(recipe: Recipe) -> dict[str, str]:
    """Settings that are wrong together."""
    errors: dict[str, str] = {}
    if recipe["batch_size"] % recipe["minibatch_size"]:
        errors["minibatch_size"] = _("The rollouts per step must be a multiple of it.")
    if recipe["batch_size"] % recipe["rollouts_per_prompt"]:
        errors["rollouts_per_prompt"] = _("The rollouts per step must be a multiple of it.")
    if recipe["baseline"] == OTHERS and recipe["rollouts_per_prompt"] < 2:
        errors["rollouts_per_prompt"] = _(
            "Alone on its prompt, a rollout has no others: 2 or more."
        )
    if recipe["kl_target"] and not recipe["kl_coef"]:
        errors["kl_coef"] = _("A KL target moves this coefficient, which cannot start at 0.")
    if recipe["baseline"] == VALUES and recipe["value_warmup_steps"] >= recipe["steps"]:
        errors["value_warmup_steps"] = _("Fewer than the steps, or the policy never learns.")
    if recipe["sampler"] == ENGINE and not settings.ENGINE_URL:
        errors["sampler"] = _("This installation names no server: RONDO_ENGINE_URL is not set.")
    if recipe.get("ptx_corpus") and not recipe.get("ptx_coef"):
        errors["ptx_coef"] = _("At 0 nothing of the chosen corpus would be mixed in.")
    return errors


def findings(look: Look) -> list[Finding]:
    """Are there prompts and a reward model?"""
    text = _("There is no reward model: tick “Reward model” as well.")
    without = Finding(level="missing", text=text)
    found = [counted_prompts(look, Split.TRAIN), reward_model(look, without=without)]
    if look.recipe.get("ptx_coef") and not look.recipe.get("ptx_corpus"):
        have = look.stock.rows("demonstrations")
        text = ngettext("%(n)s demonstration to mix in", "%(n)s demonstrations to mix in", have)
        help_ = _("Label or ask for demonstrations")
        found.append(counted(look.round, have, text % {"n": have}, help_, fewest=1))
    return found


def operations(look: Look) -> float:
    """2 a parameter and token to read, and more to learn.

    Sampling; policy, reference and reward read, policy learns; so does the value network, if any.
    """
    recipe = look.recipe
    rollouts = recipe["steps"] * recipe["batch_size"]
    row = look.prompt_tokens + recipe["max_new_tokens"]
    learners = 2 if recipe["baseline"] == VALUES else 1
    learned = learners * recipe["inner_epochs"] * (2 + look.learned)
    scored = (2 * (2 + learners) + learned) * row
    if recipe.get("ptx_coef"):
        mixed = recipe["ptx_tokens"] if recipe.get("ptx_corpus") else row
        scored += recipe["inner_epochs"] * (2 + look.learned) * mixed
    return float(look.parameters * rollouts * (2 * recipe["max_new_tokens"] + scored))
