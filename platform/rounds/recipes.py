"""The settings of each stage that people may choose: range, default, and why.

The names are those of the stage's spec in training.spec; the few that steer how its input is made
are marked `platform`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import BadInputError
from rounds.plan import in_range

CPU, INSTRUCTGPT = "cpu", "instructgpt"
PRESETS: dict[str, str | Promise] = {
    CPU: gettext_lazy("Small machine (CPU)"),
    INSTRUCTGPT: gettext_lazy("InstructGPT"),
}
Value = int | float | bool | str
Recipe = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One number or choice. `cpu` and `instructgpt` are its values in the two presets."""

    name: str
    label: str | Promise
    why: str | Promise
    cpu: Value
    instructgpt: Value
    low: float = 0
    high: float = 1
    choices: tuple[str, ...] = ()
    main: bool = False  # shown at once; the others are folded
    platform: bool = False  # used in making the data, not passed to the trainer

    @property
    def whole(self) -> bool:
        """An integer."""
        return isinstance(self.cpu, int)

    def default(self, preset: str) -> Value:
        """The value in `preset`."""
        return self.instructgpt if preset == INSTRUCTGPT else self.cpu

    def error(self, value: object) -> str | None:
        """What is wrong with `value`, None when nothing is."""
        if isinstance(self.cpu, bool):
            return None if isinstance(value, bool) else _("Choose yes or no.")
        if self.choices:
            fits = value in self.choices
            return None if fits else _("Choose one of: %s.") % ", ".join(self.choices)
        if in_range(value, self.low, self.high, whole=self.whole):
            return None
        limits = {"low": f"{self.low:g}", "high": f"{self.high:g}"}
        return _("Choose a value from %(low)s to %(high)s.") % limits


def _seed() -> Setting:
    return Setting(
        name="seed",
        label=gettext_lazy("Seed"),
        why=gettext_lazy("The same seed, data and machine give the same model."),
        low=0,
        high=2**31 - 1,
        cpu=0,
        instructgpt=0,
    )


def _frozen_layers() -> Setting:
    return Setting(
        name="frozen_layers",
        label=gettext_lazy("Frozen layers"),
        why=gettext_lazy(
            "The lowest layers keep their weights and are computed once: much faster on a CPU. "
            "Use the same number for reward model and PPO; −1 is two thirds of the layers."
        ),
        low=-1,
        high=1000,
        cpu=-1,
        instructgpt=0,
        main=True,
    )


def _checkpoint_every(cpu: int) -> Setting:
    return Setting(
        name="checkpoint_every",
        label=gettext_lazy("Steps between checkpoints"),
        why=gettext_lazy("An interrupted run loses at most this many steps."),
        low=1,
        high=10_000,
        cpu=cpu,
        instructgpt=20,
    )


SETTINGS: dict[str, tuple[Setting, ...]] = {
    "sft": (
        Setting(
            name="epochs",
            label=gettext_lazy("Epochs"),
            why=gettext_lazy("InstructGPT trained 16 and chose by reward; few labels overfit."),
            low=1,
            high=50,
            cpu=2,
            instructgpt=16,
            main=True,
        ),
        Setting(
            name="learning_rate",
            label=gettext_lazy("Learning rate"),
            why=gettext_lazy("Falls along a cosine to a tenth. Too high forgets the base model."),
            low=1e-7,
            high=1e-3,
            cpu=2e-5,
            instructgpt=1e-5,
            main=True,
        ),
        Setting(
            name="batch_size",
            label=gettext_lazy("Batch size"),
            why=gettext_lazy("Demonstrations per optimiser step."),
            low=1,
            high=1024,
            cpu=8,
            instructgpt=32,
            main=True,
        ),
        Setting(
            name="corrections_as_demonstrations",
            label=gettext_lazy("Learn from corrections too"),
            why=gettext_lazy("The edited text counts as a demonstration."),
            cpu=True,
            instructgpt=False,
            main=True,
            platform=True,
        ),
        Setting(
            name="micro_batch_size",
            label=gettext_lazy("Micro-batch size"),
            why=gettext_lazy("How many are in memory at once; the result does not depend on it."),
            low=1,
            high=256,
            cpu=4,
            instructgpt=4,
        ),
        Setting(
            name="max_tokens",
            label=gettext_lazy("Longest example, in tokens"),
            why=gettext_lazy("Longer ones are left out and counted, never cut."),
            low=16,
            high=32_768,
            cpu=512,
            instructgpt=1024,
        ),
        _checkpoint_every(10),
        _seed(),
    ),
    "reward": (
        Setting(
            name="learning_rate",
            label=gettext_lazy("Learning rate"),
            why=gettext_lazy("9e-6 for a whole model; more where only upper layers learn."),
            low=1e-7,
            high=1e-3,
            cpu=5e-5,
            instructgpt=9e-6,
            main=True,
        ),
        Setting(
            name="epochs",
            label=gettext_lazy("Epochs"),
            why=gettext_lazy("More than one overfits: each comparison is then seen again."),
            low=1,
            high=20,
            cpu=1,
            instructgpt=1,
            main=True,
        ),
        Setting(
            name="batch_size",
            label=gettext_lazy("Batch size"),
            why=gettext_lazy("Rankings per optimiser step; each counts once, whatever its K."),
            low=1,
            high=1024,
            cpu=8,
            instructgpt=64,
            main=True,
        ),
        _frozen_layers(),
        Setting(
            name="ties",
            label=gettext_lazy("Ties"),
            why=gettext_lazy("none: a tie teaches nothing. half: both get equal scores."),
            choices=("none", "half"),
            cpu="none",
            instructgpt="none",
        ),
        Setting(
            name="max_tokens",
            label=gettext_lazy("Longest example, in tokens"),
            why=gettext_lazy("Longer ones are left out and counted, never cut."),
            low=16,
            high=32_768,
            cpu=1024,
            instructgpt=2048,
        ),
        _checkpoint_every(10),
        _seed(),
    ),
    "ppo": (
        Setting(
            name="steps",
            label=gettext_lazy("Steps"),
            why=gettext_lazy("Each step samples one batch of rollouts and learns from it."),
            low=1,
            high=100_000,
            cpu=16,
            instructgpt=500,
            main=True,
        ),
        Setting(
            name="kl_coef",
            label=gettext_lazy("KL coefficient"),
            why=gettext_lazy(
                "Holds the policy near its start. InstructGPT: 0.02, both 0 and 2 were bad. "
                "A short run with a high learning rate needs more."
            ),
            low=0,
            high=2,
            cpu=0.05,
            instructgpt=0.02,
            main=True,
        ),
        Setting(
            name="learning_rate",
            label=gettext_lazy("Learning rate"),
            why=gettext_lazy("1e-6 for a whole model and hundreds of steps; more for a short run."),
            low=1e-8,
            high=1e-3,
            cpu=1e-5,
            instructgpt=1e-6,
            main=True,
        ),
        Setting(
            name="batch_size",
            label=gettext_lazy("Rollouts per step"),
            why=gettext_lazy("InstructGPT: 512. Fewer are faster and noisier."),
            low=2,
            high=8192,
            cpu=32,
            instructgpt=512,
            main=True,
        ),
        Setting(
            name="max_new_tokens",
            label=gettext_lazy("Longest completion, in tokens"),
            why=gettext_lazy("As long as the completions that people ranked."),
            low=1,
            high=4096,
            cpu=48,
            instructgpt=256,
            main=True,
        ),
        _frozen_layers(),
        Setting(
            name="minibatch_size",
            label=gettext_lazy("Minibatch size"),
            why=gettext_lazy("Rollouts per optimiser step."),
            low=1,
            high=8192,
            cpu=16,
            instructgpt=64,
        ),
        Setting(
            name="micro_batch_size",
            label=gettext_lazy("Micro-batch size"),
            why=gettext_lazy("How many are in memory at once; the result does not depend on it."),
            low=1,
            high=1024,
            cpu=8,
            instructgpt=16,
        ),
        Setting(
            name="inner_epochs",
            label=gettext_lazy("Passes over each batch"),
            why=gettext_lazy("InstructGPT: 1."),
            low=1,
            high=16,
            cpu=1,
            instructgpt=1,
        ),
        Setting(
            name="temperature",
            label=gettext_lazy("Sampling temperature"),
            why=gettext_lazy("Of the rollouts; all log-probabilities use it too."),
            low=0.1,
            high=2,
            cpu=1.0,
            instructgpt=1.0,
        ),
        Setting(
            name="value_learning_rate",
            label=gettext_lazy("Learning rate of the value network"),
            why=gettext_lazy("It starts from the reward model and has to keep up with the policy."),
            low=1e-8,
            high=1e-3,
            cpu=5e-5,
            instructgpt=9e-6,
        ),
        Setting(
            name="warmup_steps",
            label=gettext_lazy("Warm-up steps"),
            why=gettext_lazy("The learning rate rises over these."),
            low=0,
            high=10_000,
            cpu=2,
            instructgpt=10,
        ),
        Setting(
            name="clip_range",
            label=gettext_lazy("Clip range"),
            why=gettext_lazy("How far one update may move a token's probability ratio from 1."),
            low=0.01,
            high=1,
            cpu=0.2,
            instructgpt=0.2,
        ),
        Setting(
            name="gae_lambda",
            label=gettext_lazy("GAE λ"),
            why=gettext_lazy("0.95 with a value network that starts from the reward model."),
            low=0,
            high=1,
            cpu=0.95,
            instructgpt=0.95,
        ),
        Setting(
            name="no_eos_score",
            label=gettext_lazy("Score of a completion that does not end"),
            why=gettext_lazy("A low fixed score, or lengths run to the limit."),
            low=-10,
            high=10,
            cpu=-1.0,
            instructgpt=-1.0,
        ),
        Setting(
            name="ema_decay",
            label=gettext_lazy("Decay of the weights' average"),
            why=gettext_lazy("The average is what is deployed. Short runs need less memory."),
            low=0,
            high=0.9999,
            cpu=0.8,
            instructgpt=0.992,
        ),
        Setting(
            name="max_kl",
            label=gettext_lazy("KL at which the run stops"),
            why=gettext_lazy("In nats per response. Beyond it the run ends as diverged."),
            low=0.1,
            high=1000,
            cpu=50.0,
            instructgpt=50.0,
        ),
        Setting(
            name="sample_every",
            label=gettext_lazy("Steps between samples"),
            why=gettext_lazy("How often held-out prompts are completed for the run page."),
            low=1,
            high=10_000,
            cpu=4,
            instructgpt=20,
        ),
        _checkpoint_every(4),
        _seed(),
    ),
    "evaluate": (
        Setting(
            name="prompts",
            label=gettext_lazy("Held-out prompts"),
            why=gettext_lazy("At most so many; more give narrower intervals and take longer."),
            low=1,
            high=10_000,
            cpu=40,
            instructgpt=200,
            main=True,
            platform=True,
        ),
        Setting(
            name="max_new_tokens",
            label=gettext_lazy("Longest completion, in tokens"),
            why=gettext_lazy("As long as in PPO."),
            low=1,
            high=4096,
            cpu=48,
            instructgpt=256,
            main=True,
        ),
        Setting(
            name="temperature",
            label=gettext_lazy("Sampling temperature"),
            why=gettext_lazy("As people will use the model."),
            low=0.1,
            high=2,
            cpu=1.0,
            instructgpt=1.0,
        ),
        Setting(
            name="include_base",
            label=gettext_lazy("Evaluate the base model too"),
            why=gettext_lazy("So that rounds compare with the very start."),
            cpu=True,
            instructgpt=True,
            platform=True,
        ),
        Setting(
            name="batch_size",
            label=gettext_lazy("Batch size"),
            why=gettext_lazy("Completions sampled at once."),
            low=1,
            high=1024,
            cpu=32,
            instructgpt=64,
        ),
        _seed(),
    ),
}


def defaults(stage: str, *, preset: str = CPU, examples: int | None = None) -> Recipe:
    """The preset's values; a batch is never larger than the examples there are."""
    recipe = {setting.name: setting.default(preset) for setting in SETTINGS[stage]}
    if stage in {"sft", "reward"} and examples:
        recipe["batch_size"] = min(recipe["batch_size"], examples)
    return recipe


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
    return errors


def trainer_settings(stage: str, recipe: Recipe) -> Recipe:
    """What goes into the stage's spec."""
    return {s.name: recipe[s.name] for s in SETTINGS[stage] if not s.platform}
