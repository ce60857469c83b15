"""What a setting is, and the settings that several stages share."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from labeling.models import Project
from rounds.collecting.plan import in_range

CPU, INSTRUCTGPT, LORA = "cpu", "instructgpt", "lora"
WEIGHING = "weighing"
LOWER_TWO_THIRDS = -1  # a value of frozen_layers
LORA_SHARE = 0.2  # of the parameters, at most: as many does LoRA add to a small model
TOP_THIRD = 1 / 3  # of the parameters, which it leaves to be trained: the embedding is frozen too
Value = int | float | bool | str
Recipe = dict[str, Any]  # the settings of one stage by name


def written(number: float) -> str:
    """A number of a recipe as people read it: −1, 1e-5, 2147483647."""
    if number == int(number):
        return str(int(number)).replace("-", "−")
    return f"{number:g}".replace("e-0", "e-").replace("-", "−", 1 if number < 0 else 0)


def told(value: object) -> str:
    """A value of a recipe as people read it, where its setting has no words for it."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return written(value) if isinstance(value, int | float) else str(value)


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One number or choice. `cpu`, `instructgpt` and `lora` are its values in the presets.

    Where `lora` is none, it is as InstructGPT has it. Its name is that of the stage's spec. words:
    what people read in place of a value; of a choice all that there are, of a number those that
    stand for something else. among: the names of a project's own things, which a choice offers as
    well; page: the address at which they are kept.
    """

    name: str
    label: str | Promise
    why: str | Promise
    cpu: Value
    instructgpt: Value
    lora: Value | None = None
    low: float = 0
    high: float = 1
    words: Mapping[Value, str | Promise] = field(default_factory=dict)
    among: Callable[[Project], Iterable[str]] | None = None
    page: str = ""
    main: bool = False  # shown at once; the others are folded
    in_spec: bool = True  # else it steers how the data is made, and the trainer does not see it

    @property
    def is_choice(self) -> bool:
        """One of a few words."""
        return isinstance(self.cpu, str)

    @property
    def whole(self) -> bool:
        """An integer."""
        return isinstance(self.cpu, int)

    def default(self, preset: str) -> Value:
        """The value in `preset`."""
        if preset == LORA and self.lora is not None:
            return self.lora
        return self.cpu if preset == CPU else self.instructgpt

    def told(self, value: Any) -> str:
        """`value` in the reader's language."""
        return str(self.words[value]) if value in list(self.words) else told(value)

    def choices(self, project: Project | None) -> dict[Value, str | Promise]:
        """Of a choice: each value with its words."""
        own = self.among(project) if self.among and project else []
        return {**self.words, **{name: name for name in own}}

    def error(self, value: object, project: Project | None = None) -> str | None:
        """What is wrong with `value`, None when nothing is. project: whose things may be chosen."""
        if isinstance(self.cpu, bool):
            return None if isinstance(value, bool) else _("Choose yes or no.")
        if self.is_choice:
            choices = self.choices(project)
            words = ", ".join(str(word) for word in choices.values())
            return None if value in list(choices) else _("Choose one of: %s.") % words
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


def frozen_layers(*, cpu: int = LOWER_TWO_THIRDS) -> Setting:
    """Of reward model and policy. cpu: as the preset for small machines has it."""
    return Setting(
        name="frozen_layers",
        label=gettext_lazy("Frozen layers"),
        why=gettext_lazy(
            "The lowest layers keep their weights and are computed once: faster on a CPU, and less "
            "of the model can learn. −1 is two thirds of the layers."
        ),
        low=LOWER_TWO_THIRDS,
        high=1000,
        words={LOWER_TWO_THIRDS: gettext_lazy("two thirds of the layers")},
        cpu=cpu,
        instructgpt=0,
        main=True,
    )


def lora_rank() -> Setting:
    """Of every stage that trains."""
    return Setting(
        name="lora_rank",
        label=gettext_lazy("Rank of LoRA"),
        why=gettext_lazy(
            "Matrices of this rank learn beside the weights, which keep still: a large model fits "
            "into memory. They want a learning rate ten times as high."
        ),
        low=0,
        high=1024,
        cpu=0,
        instructgpt=0,
        lora=64,
        words={0: gettext_lazy("none: the weights learn")},
        main=True,
    )


def weighing() -> Setting:
    """Of what learns from rankings."""
    return Setting(
        name=WEIGHING,
        label=gettext_lazy("Weigh labels by reliability"),
        why=gettext_lazy(
            "Each label counts 2 × the reliability of who gave it − 1: 1 for certain, 0 for chance "
            "or worse. Needs tasks that several people answered. The snapshot keeps the weights; "
            "the labels stay as they are."
        ),
        cpu=False,
        instructgpt=False,
        in_spec=False,
    )


def tier_offset() -> Setting:
    """Of what learns from rankings. Llama 2 has margins by how people felt about a pair."""
    return Setting(
        name="tier_offset",
        label=gettext_lazy("Margin per tier"),
        why=gettext_lazy(
            "By how much more a better text has to be worth for each tier between the two; 0: the "
            "order alone counts (Touvron et al. 2023; Amini et al. 2024)."
        ),
        low=0,
        high=10,
        cpu=0.0,
        instructgpt=0.0,
    )


def max_tokens() -> Setting:
    """Of what learns from rankings."""
    return Setting(
        name="max_tokens",
        label=gettext_lazy("Longest example, in tokens"),
        why=gettext_lazy("Longer ones are left out and counted, never cut."),
        low=16,
        high=32_768,
        cpu=1024,
        instructgpt=2048,
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
