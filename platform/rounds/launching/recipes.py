"""The settings with which a stage is launched: the presets' values, and what people chose."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import BadInputError
from labeling.models import Project
from rounds import stages
from rounds.stages.findings import Limits
from rounds.stages.setting import CPU, INSTRUCTGPT, LORA, Recipe

PRESETS: dict[str, str | Promise] = {
    CPU: gettext_lazy("Small machine (CPU)"),
    INSTRUCTGPT: gettext_lazy("InstructGPT"),
    LORA: gettext_lazy("Large model (LoRA)"),
}
LARGE = 1_500_000_000  # parameters, whose weights no longer all learn on one GPU of 80 GB
NO_LIMITS = Limits()
SAMPLING = ("temperature", "max_new_tokens")  # of a plan, and of the stages that sample


def usual_preset(parameters: int) -> str:
    """For a model of this size."""
    return LORA if parameters >= LARGE else CPU


def defaults(stage: str, *, preset: str = CPU, examples: int | None = None) -> Recipe:
    """The preset's values; a batch is never larger than the examples there are."""
    recipe = {setting.name: setting.default(preset) for setting in stages.get(stage).settings}
    if examples and "batch_size" in recipe:
        recipe["batch_size"] = min(recipe["batch_size"], examples)
    return recipe


def as_ranked(stage: str, plan: Mapping[str, Any]) -> Recipe:
    """Sampling as in the completions that people ranked in a round with this plan.

    A reward model judges rightly what looks like what it has seen.
    """
    known = {setting.name for setting in stages.get(stage).settings}
    return {name: plan[name] for name in SAMPLING if name in plan and name in known}


def clean(
    stage: str,
    values: Mapping[str, Any],
    *,
    examples: int | None = None,
    project: Project | None = None,
    limits: Limits = NO_LIMITS,
) -> Recipe:
    """`values` over the defaults; BadInputError names each that is unknown or out of range.

    examples: how many the stage would learn from; None where it learns from none. project: whose
    things may be chosen. limits: of the models, and of the workers that are there.
    """
    known = {setting.name: setting for setting in stages.get(stage).settings}
    errors = {name: _("There is no such setting.") for name in values if name not in known}
    for name, value in values.items():
        if name in known and (error := known[name].error(value, project)):
            errors[name] = error
    recipe = defaults(stage, examples=examples) | dict(values)
    if not errors:
        errors = stages.get(stage).unfit(recipe, examples, limits)
    if errors:
        named = {f"{stage}-{name}": text for name, text in errors.items()}
        raise BadInputError(_("Some settings cannot be taken."), errors=named)
    return recipe
