"""Settings of supervised fine-tuning."""

from django.utils.translation import gettext_lazy as _

from rounds.stages.setting import Setting, checkpoint_every, lora_rank, seed
from training.sft.spec import BEST, LAST, REWARD

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
            "After many epochs the held-out loss has long risen again (InstructGPT: after the "
            "first), though people may like the texts better: InstructGPT chose by a reward "
            "model’s score. Here the project’s newest one, once there is one, scores answers to "
            "held-out demonstrations’ prompts. With none held out, the loss keeps the last epoch."
        ),
        words={
            BEST: _("of the lowest held-out loss"),
            REWARD: _("of the highest reward"),
            LAST: _("the last one"),
        },
        cpu=BEST,
        instructgpt=BEST,
    ),
    Setting(
        name="score_prompts",
        label=_("Prompts for the reward"),
        why=_(
            "Where the reward chooses: held-out demonstrations’ prompts that are answered after "
            "each epoch, at most; more make the choice surer and take longer."
        ),
        low=1,
        high=10_000,
        cpu=32,
        instructgpt=200,
    ),
    Setting(
        name="max_new_tokens",
        label=_("Longest completion, in tokens"),
        why=_("Of the texts that the reward model scores: as long as those that people ranked."),
        low=1,
        high=4096,
        cpu=48,
        instructgpt=256,
    ),
    Setting(
        name="temperature",
        label=_("Sampling temperature"),
        why=_("Of the texts that the reward model scores: as in those that people ranked."),
        low=0.1,
        high=2,
        cpu=1.0,
        instructgpt=1.0,
    ),
    checkpoint_every(10),
    seed(),
)
