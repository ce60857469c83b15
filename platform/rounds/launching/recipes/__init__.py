"""The settings of each stage that people may choose: range, default, and why.

The names are those of `training.<stage>.spec`; the few that steer how its input is made are marked
`platform`.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import BadInputError
from rounds.launching.recipes import evaluate, ppo, reward, sft
from rounds.launching.recipes.setting import CPU, INSTRUCTGPT, Setting, Value

__all__ = [
    "CPU",
    "INSTRUCTGPT",
    "PRESETS",
    "SETTINGS",
    "Recipe",
    "Setting",
    "Value",
    "as_ranked",
    "clean",
    "defaults",
    "trainer_settings",
]

Recipe = dict[str, Any]
PRESETS: dict[str, str | Promise] = {
    CPU: gettext_lazy("Small machine (CPU)"),
    INSTRUCTGPT: gettext_lazy("InstructGPT"),
}
SETTINGS: dict[str, tuple[Setting, ...]] = {
    "sft": sft.SETTINGS,
    "reward": reward.SETTINGS,
    "ppo": ppo.SETTINGS,
    "evaluate": evaluate.SETTINGS,
}


def defaults(stage: str, *, preset: str = CPU, examples: int | None = None) -> Recipe:
    """The preset's values; a batch is never larger than the examples there are."""
    recipe = {setting.name: setting.default(preset) for setting in SETTINGS[stage]}
    if stage in {"sft", "reward"} and examples:
        recipe["batch_size"] = min(recipe["batch_size"], examples)
    return recipe


def as_ranked(stage: str, plan: Mapping[str, Any]) -> Recipe:
    """Sampling as in the completions that people ranked in a round with this plan.

    A reward model judges rightly what looks like what it has seen.
    """
    if stage not in {"ppo", "evaluate"}:
        return {}
    return {name: plan[name] for name in ("temperature", "max_new_tokens") if name in plan}


def clean(stage: str, values: Mapping[str, Any], *, examples: int | None = None) -> Recipe:
    """`values` over the defaults; BadInputError names each that is unknown or out of range."""
    known = {setting.name: setting for setting in SETTINGS[stage]}
    errors = {name: _("There is no such setting.") for name in values if name not in known}
    for name, value in values.items():
        if name in known and (error := known[name].error(value)):
            errors[name] = error
    recipe = defaults(stage, examples=examples) | dict(values)
    if not errors:
        errors = _fit(stage, recipe, examples)
    if errors:
        named = {f"{stage}-{name}": text for name, text in errors.items()}
        raise BadInputError(_("Some settings cannot be taken."), errors=named)
    return recipe


def _fit(stage: str, recipe: Recipe, examples: int | None) -> dict[str, str]:
    """Settings that are fine alone and wrong together."""
    errors: dict[str, str] = {}
    if stage in {"sft", "reward"} and examples and recipe["batch_size"] > examples:
        errors["batch_size"] = _("There are only %s examples.") % examples
    if stage == "ppo" and recipe["batch_size"] % recipe["minibatch_size"]:
        errors["minibatch_size"] = _("The rollouts per step must be a multiple of it.")
    if stage == "ppo" and recipe["kl_target"] and not recipe["kl_coef"]:
        errors["kl_coef"] = _("A KL target moves this coefficient, which cannot start at 0.")
    return errors


def trainer_settings(stage: str, recipe: Recipe) -> Recipe:
    """What goes into the stage's spec, whose defaults stand for what an older recipe lacks."""
    return {s.name: recipe[s.name] for s in SETTINGS[stage] if s.name in recipe and not s.platform}
