"""What the curves of PPO mean."""

from django.utils.translation import gettext_lazy as _

from rounds.stages import curve
from rounds.stages.curve import LEARNING_RATE, Curve, Figures

CURVES = (
    Curve(
        name="score",
        label=_("Reward"),
        hint=_("Rises, then levels off. Read the samples: it rises when it is cheated too."),
    ),
    Curve(
        name="judged",
        label=_("Reward, endings aside"),
        hint=_("As the reward model gives it. Far above the reward, much does not end."),
    ),
    Curve(
        name="kl",
        label=_("KL from the start, nats per completion"),
        hint=_("Above about 20 the texts drift from language: raise the KL coefficient."),
        low=-1,
        high=20,
    ),
    Curve(
        name="policy_loss",
        label=_("Policy loss"),
        hint=_("Small and around 0; it is not a measure of progress."),
    ),
    Curve(
        name="value_loss",
        label=_("Value loss"),
        hint=_("Falls at first. If it grows, lower the value network's learning rate."),
    ),
    Curve(
        name="entropy",
        label=_("Entropy per token"),
        hint=_("Falls slowly. Near 0 the policy always says the same."),
        low=0.3,
        high=6,
    ),
    Curve(
        name="length",
        label=_("Length, tokens"),
        hint=_("A steady climb often means that the reward model likes length."),
    ),
    Curve(
        name="eos_rate",
        label=_("Completions that end by themselves"),
        hint=_("Falling means that completions run into the limit."),
        low=0.5,
        high=1,
    ),
    Curve(
        name="clip_fraction",
        label=_("Clipped updates"),
        hint=_("Above 0.3 the steps are too large: lower the learning rate."),
        low=0,
        high=0.3,
    ),
    Curve(
        name="approx_kl",
        label=_("KL of one update"),
        hint=_("Above 0.03 the update stops early: lower the learning rate."),
        low=0,
        high=0.03,
    ),
    Curve(
        name="explained_variance",
        label=_("Explained variance of the values"),
        hint=_("1 is perfect. Below 0 the value network is worse than a constant."),
        low=0,
        high=1,
    ),
    Curve(
        name="ratio_max",
        label=_("Largest probability ratio"),
        hint=_("Far above 2, single tokens dominate an update."),
        low=0.8,
        high=2,
    ),
    Curve(
        name="sampler_gap",
        label=_("Gap between sampler and policy, nats per token"),
        hint=_(
            "Between the log-probabilities that each has for the tokens drawn. A server beyond 0.1 "
            "stops the run."
        ),
        low=0,
        high=0.1,
    ),
    Curve(
        name="ptx_loss",
        label=_("Loss on what is mixed in"),
        hint=_("Rising means that what it taught is forgotten: raise its coefficient."),
    ),
    LEARNING_RATE,
)

FIGURES: Figures = {
    **curve.FIGURES,
    "objective": _("Reward less KL penalty"),
    "kl_coef": _("KL coefficient"),
    "updates": _("Updates in the last step"),
    "kl_k3": _("KL from the start, k3 estimate"),
    "ratio_mean": _("Mean probability ratio"),
    "value_clip_fraction": _("Clipped value updates"),
    "policy_gradient": _("Gradient norm of the policy"),
    "value_gradient": _("Gradient norm of the value network"),
    "seconds_generate": _("Seconds of sampling in the last step"),
    "seconds_score": _("Seconds of scoring in the last step"),
    "seconds_keep": _("Seconds of checkpoint and samples in the last step"),
    "seconds_update": _("Seconds of updating in the last step"),
}
