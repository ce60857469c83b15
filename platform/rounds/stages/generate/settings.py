"""Settings of generation: the plan of the round names the first two."""

from django.utils.translation import gettext_lazy as _

from rounds.stages.setting import Setting, seed

SETTINGS = (
    Setting(
        name="temperature",
        label=_("Sampling temperature"),
        why=_("1 samples as the model is; lower is tamer and more alike."),
        low=0.1,
        high=2,
        cpu=1.0,
        instructgpt=1.0,
    ),
    Setting(
        name="max_new_tokens",
        label=_("Longest completion, in tokens"),
        why=_("A token is about three quarters of an English word."),
        low=1,
        high=4096,
        cpu=128,
        instructgpt=128,
    ),
    Setting(
        name="top_p",
        label=_("Nucleus (top-p)"),
        why=_("1 samples from all tokens; less leaves the unlikely ones out."),
        low=0.01,
        high=1,
        cpu=1.0,
        instructgpt=1.0,
    ),
    Setting(
        name="batch_size",
        label=_("Completions at a time"),
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
