"""Settings of DPO. Sources: Rafailov et al. 2023 (2305.18290), and others where they are named."""

from django.utils.translation import gettext_lazy as _

from rounds.stages.setting import (
    Setting,
    checkpoint_every,
    frozen_layers,
    lora_rank,
    max_tokens,
    seed,
    tier_offset,
    weighing,
)

SETTINGS = (
    Setting(
        name="beta",
        label=_("β"),
        why=_(
            "Holds the policy near its start, the more the larger. The paper: 0.1, for summaries "
            "0.5."
        ),
        low=0.001,
        high=100,
        cpu=0.1,
        instructgpt=0.1,
        main=True,
    ),
    Setting(
        name="learning_rate",
        label=_("Learning rate"),
        why=_("The paper: 1e-6, on many thousands of pairs; more for a short run."),
        low=1e-8,
        high=1e-3,
        cpu=5e-5,
        instructgpt=1e-6,
        lora=1e-5,
        main=True,
    ),
    Setting(
        name="epochs",
        label=_("Epochs"),
        why=_("The last one is kept: where the held-out accuracy turns, take fewer."),
        low=1,
        high=20,
        cpu=3,
        instructgpt=1,
        main=True,
    ),
    Setting(
        name="batch_size",
        label=_("Batch size"),
        why=_("Rankings per optimiser step; each counts once, however many pairs it has."),
        low=1,
        high=1024,
        cpu=8,
        instructgpt=64,
        main=True,
    ),
    frozen_layers(cpu=0),
    lora_rank(),
    Setting(
        name="label_smoothing",
        label=_("Chance that a label is wrong"),
        why=_("0 trusts every label; 0.1 to 0.3 where people disagree (Mitchell 2023)."),
        low=0,
        high=0.49,
        cpu=0.0,
        instructgpt=0.0,
    ),
    tier_offset(),
    Setting(
        name="length_normalised",
        label=_("Count per token"),
        why=_(
            "Keeps the policy from winning by length. β is then 2 to 10 (Lambert et al. 2024: 5)."
        ),
        cpu=False,
        instructgpt=False,
    ),
    weighing(),
    Setting(
        name="temperature",
        label=_("Sampling temperature"),
        why=_("Of the completions that people ranked; all log-probabilities use it."),
        low=0.1,
        high=2,
        cpu=1.0,
        instructgpt=1.0,
    ),
    Setting(
        name="max_new_tokens",
        label=_("Longest completion, in tokens"),
        why=_("Of the texts that are written to look at and to measure the KL."),
        low=1,
        high=4096,
        cpu=48,
        instructgpt=256,
    ),
    max_tokens(),
    Setting(
        name="sample_every",
        label=_("Steps between samples"),
        why=_("How often held-out prompts are completed for the run page."),
        low=1,
        high=10_000,
        cpu=10,
        instructgpt=20,
    ),
    checkpoint_every(10),
    seed(),
)
