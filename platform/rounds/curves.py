"""What the curves of a run mean: their names, their healthy ranges, and what leaving them says.

Metrics that a trainer logs and this file does not know are shown too, under their own names.
"""

from dataclasses import asdict, dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, kw_only=True)
class Curve:
    """One chart. low, high: the healthy range, where there is one."""

    name: str
    label: str | Promise
    hint: str | Promise
    low: float | None = None
    high: float | None = None


LEARNING_RATE = Curve(
    name="learning_rate", label=_("Learning rate"), hint=_("Warms up, then falls as planned.")
)

GRADIENT = _("Sudden peaks mean that the learning rate is too high.")

CURVES: dict[str, tuple[Curve, ...]] = {
    "sft": (
        Curve(
            name="loss",
            label=_("Loss"),
            hint=_("Falls. Near 0 the model has learned the demonstrations by heart."),
        ),
        Curve(
            name="heldout_loss",
            label=_("Loss on held-out demonstrations"),
            hint=_("Rising while the loss falls means overfitting: fewer epochs."),
        ),
        Curve(
            name="token_accuracy",
            label=_("Tokens predicted right"),
            hint=_("Near 1 the model has learned the demonstrations by heart."),
        ),
        LEARNING_RATE,
        Curve(name="grad_norm", label=_("Gradient norm"), hint=GRADIENT),
    ),
    "reward": (
        Curve(
            name="loss",
            label=_("Loss"),
            hint=_("0.69 is chance. Below 0.3 on few labels is overfitting."),
            low=0.3,
            high=0.69,
        ),
        Curve(
            name="accuracy",
            label=_("Pairs in the right order"),
            hint=_("0.5 is chance; people agree with each other on 0.63 to 0.77."),
            low=0.6,
            high=0.9,
        ),
        Curve(
            name="margin",
            label=_("Margin"),
            hint=_("By how much the better text scores above the worse one; it grows."),
        ),
        LEARNING_RATE,
        Curve(name="gradient", label=_("Gradient norm"), hint=GRADIENT),
    ),
    "ppo": (
        Curve(
            name="score",
            label=_("Reward"),
            hint=_("Rises, then levels off. Read the samples: it rises when it is cheated too."),
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
            hint=_("Small and around 0; it is no measure of progress."),
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
        LEARNING_RATE,
    ),
}


# Figures of a finished run that are no curves.
FIGURES: dict[str, str | Promise] = {
    "steps": _("Steps"),
    "seconds": _("Seconds"),
    "examples": _("Examples"),
    "heldout_examples": _("Held-out examples"),
    "dropped": _("Left out as too long"),
    "heldout_loss_before": _("Loss on held-out demonstrations before"),
    "rankings": _("Rankings"),
    "pairs": _("Comparisons"),
    "heldout_rankings": _("Held-out rankings"),
    "heldout_pairs": _("Held-out pairs"),
    "heldout_accuracy": _("Held-out pairs in the right order"),
    "heldout_log_loss": _("Log-loss on held-out pairs"),
    "heldout_ece": _("Calibration error on held-out pairs"),
    "gain": _("Gain of the score"),
    "bias": _("Bias of the score"),
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


def label_of(stage: str, name: str) -> str:
    """What a figure of a run of `stage` is called; its own name where this file does not know."""
    curves = {curve.name: curve.label for curve in CURVES.get(stage, ())}
    return str(curves.get(name) or FIGURES.get(name) or name.replace("_", " "))


def curves_for(stage: str) -> list[dict[str, Any]]:
    """As JSON for the page's script."""
    return [
        {**asdict(curve), "label": str(curve.label), "hint": str(curve.hint)}
        for curve in CURVES.get(stage, ())
    ]
