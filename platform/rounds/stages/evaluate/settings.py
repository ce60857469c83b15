"""Settings of the evaluation."""

from django.utils.translation import gettext_lazy as _

from rounds.stages.setting import Setting, seed

SETTINGS = (
    Setting(
        name="prompts",
        label=_("Held-out prompts"),
        why=_("At most so many; more give narrower intervals and take longer."),
        low=1,
        high=10_000,
        cpu=40,
        instructgpt=200,
        main=True,
        in_spec=False,
    ),
    Setting(
        name="samples_per_prompt",
        label=_("Completions per prompt"),
        why=_("Each model writes so many; more give steadier figures and take longer."),
        low=1,
        high=16,
        cpu=1,
        instructgpt=1,
    ),
    Setting(
        name="max_new_tokens",
        label=_("Longest completion, in tokens"),
        why=_("As long as the completions that people ranked."),
        low=1,
        high=4096,
        cpu=48,
        instructgpt=256,
        main=True,
    ),
    Setting(
        name="temperature",
        label=_("Sampling temperature"),
        why=_("As people will use the model."),
        low=0.1,
        high=2,
        cpu=1.0,
        instructgpt=1.0,
    ),
    Setting(
        name="best_of",
        label=_("Best of how many by the SFT model"),
        why=_(
            "The SFT model writes so many texts for each prompt; the new model is compared with "
            "them, and with the reward model’s favourite among them: what can be had without PPO "
            "(Stiennon et al. 2020). 0 leaves it out."
        ),
        low=0,
        high=64,
        cpu=4,
        instructgpt=4,
    ),
    Setting(
        name="include_base",
        label=_("Evaluate the base model too"),
        why=_("So that rounds compare with the very start."),
        cpu=True,
        instructgpt=True,
        in_spec=False,
    ),
    Setting(
        name="batch_size",
        label=_("Batch size"),
        why=_(
            "How many completions are sampled at once, at most; 0 takes as many as memory holds."
        ),
        low=0,
        high=1024,
        cpu=0,
        instructgpt=0,
    ),
    seed(),
)
