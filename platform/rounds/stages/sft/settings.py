"""Settings of supervised fine-tuning."""

from django.utils.translation import gettext_lazy as _

from rounds.stages.setting import Setting, checkpoint_every, lora_rank, seed

SETTINGS = (
    Setting(
        name="epochs",
        label=_("Epochs"),
        why=_(
            "InstructGPT trained 16 and chose among them by a reward model’s score; here the "
            "setting “Epoch that is kept” chooses."
        ),
        low=1,
        high=50,
        cpu=2,
        instructgpt=16,
        main=True,
    ),
    Setting(
        name="learning_rate",
        label=_("Learning rate"),
        why=_("Falls along a cosine to a tenth. Too high forgets the base model."),
        low=1e-7,
        high=1e-3,
        cpu=2e-5,
        instructgpt=1e-5,
        lora=1e-4,
        main=True,
    ),
    lora_rank(),
    Setting(
        name="batch_size",
        label=_("Batch size"),
        why=_("Demonstrations per optimiser step."),
        low=1,
        high=1024,
        cpu=8,
        instructgpt=32,
        main=True,
    ),
    Setting(
        name="corrections_as_demonstrations",
        label=_("Learn from corrections too"),
        why=_("The edited text counts as a demonstration."),
        cpu=True,
        instructgpt=False,
        main=True,
        in_spec=False,
    ),
    Setting(
        name="micro_batch_size",
        label=_("Micro-batch size"),
        why=_("How many are in memory at once; the result does not depend on it."),
        low=1,
        high=256,
        cpu=4,
        instructgpt=4,
    ),
    Setting(
        name="max_tokens",
        label=_("Longest example, in tokens"),
        why=_("Longer ones are left out and counted, never cut."),
        low=16,
        high=32_768,
        cpu=512,
        instructgpt=1024,
    ),
    Setting(
        name="kept",
        label=_("Epoch that is kept"),
        why=_(
            "By the loss on held-out demonstrations, where there are any; else the last. After "
            "many epochs it has long risen again (InstructGPT: after the first), though people may "
            "like the texts better."
        ),
        words={"best": _("the best one"), "last": _("the last one")},
        cpu="best",
        instructgpt="best",
    ),
    checkpoint_every(10),
    seed(),
)
