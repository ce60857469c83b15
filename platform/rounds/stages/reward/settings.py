"""Settings of the reward model."""

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

SCALE = "scale_prompts"
REPEATS = "learning_repeats"
FEWEST_REPEATS = 2  # of which spread and slope can be told

SETTINGS = (
    Setting(
        name="learning_rate",
        label=_("Learning rate"),
        why=_("9e-6 for a whole model; more where only upper layers learn."),
        low=1e-7,
        high=1e-3,
        cpu=5e-5,
        instructgpt=9e-6,
        lora=9e-5,
        main=True,
    ),
    Setting(
        name="epochs",
        label=_("Epochs"),
        why=_("More than one overfits: each comparison is then seen again."),
        low=1,
        high=20,
        cpu=1,
        instructgpt=1,
        main=True,
    ),
    Setting(
        name="batch_size",
        label=_("Batch size"),
        why=_("Rankings per optimiser step; each counts once, whatever its K."),
        low=1,
        high=1024,
        cpu=8,
        instructgpt=64,
        main=True,
    ),
    frozen_layers(),
    lora_rank(),
    Setting(
        name="head_learning_rate",
        label=_("Learning rate of the head"),
        why=_("The score head starts at zero and has further to go than the model below it."),
        low=1e-7,
        high=1e-1,
        cpu=1e-3,
        instructgpt=1e-3,
    ),
    Setting(
        name="ties",
        label=_("Ties"),
        why=_("What two texts that were ranked alike teach."),
        words={"none": _("a tie teaches nothing"), "half": _("both get the same score")},
        cpu="none",
        instructgpt="none",
    ),
    tier_offset(),
    weighing(),
    Setting(
        name=REPEATS,
        label=_("Learning curve, repeats"),
        why=_(
            "What more labels would bring: after this reward model others are trained on ⅛, ¼, ½ "
            "and all of the prompts, so many times each. 2 take 2.75 times as long again, 3 take "
            "4.6 times; 0 is none."
        ),
        low=0,
        high=10,
        cpu=0,
        instructgpt=0,
    ),
    max_tokens(),
    Setting(
        name=SCALE,
        label=_("Prompts that the score is scaled on"),
        why=_(
            "The model that PPO starts from writes four texts for each of so many prompts; within "
            "a prompt their scores get a spread of 1, so that a KL coefficient means the same "
            "everywhere. 0: the ranked texts get it, over all prompts together."
        ),
        low=0,
        high=1024,
        cpu=0,
        instructgpt=64,
        in_spec=False,
    ),
    checkpoint_every(10),
    seed(),
)
