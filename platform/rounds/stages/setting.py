"""What a setting is, and the settings that several stages share."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rounds.collecting.plan import in_range

CPU, INSTRUCTGPT = "cpu", "instructgpt"
LOWER_TWO_THIRDS = -1  # a value of frozen_layers
TOP_THIRD = 1 / 3  # of the parameters, which it leaves to be trained: the embedding is frozen too
Value = int | float | bool | str
Recipe = dict[str, Any]  # the settings of one stage by name


def written(number: float) -> str:
    """A number of a recipe as people read it: −1, 1e-5, 2147483647."""
    if number == int(number):
        return str(int(number)).replace("-", "−")
    return f"{number:g}".replace("e-0", "e-").replace("-", "−", 1 if number < 0 else 0)


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One number or choice. `cpu` and `instructgpt` are its values in the two presets.

    Its name is that of the stage's spec.
    """

    name: str
    label: str | Promise
    why: str | Promise
    cpu: Value
    instructgpt: Value
    low: float = 0
    high: float = 1
    choices: tuple[str, ...] = ()
    main: bool = False  # shown at once; the others are folded
    in_spec: bool = True  # else it steers how the data is made, and the trainer does not see it

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
        limits = {"low": written(self.low), "high": written(self.high)}
        return _("Choose a value from %(low)s to %(high)s.") % limits


def seed() -> Setting:
    """Of everything that is drawn."""
    return Setting(
        name="seed",
        label=gettext_lazy("Seed"),
        why=gettext_lazy("On a CPU the same seed and data give the same model."),
        low=0,
        high=2**31 - 1,
        cpu=0,
        instructgpt=0,
    )


def frozen_layers() -> Setting:
    """Of reward model and policy."""
    return Setting(
        name="frozen_layers",
        label=gettext_lazy("Frozen layers"),
        why=gettext_lazy(
            "The lowest layers keep their weights and are computed once: much faster on a CPU. "
            "Use the same number for reward model and PPO; −1 is two thirds of the layers."
        ),
        low=LOWER_TWO_THIRDS,
        high=1000,
        cpu=LOWER_TWO_THIRDS,
        instructgpt=0,
        main=True,
    )


def checkpoint_every(cpu: int) -> Setting:
    """Of every stage that trains."""
    return Setting(
        name="checkpoint_every",
        label=gettext_lazy("Steps between checkpoints"),
        why=gettext_lazy("An interrupted run loses at most this many steps."),
        low=1,
        high=10_000,
        cpu=cpu,
        instructgpt=20,
    )
