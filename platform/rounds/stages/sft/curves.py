"""What the curves of supervised fine-tuning mean."""

from django.utils.translation import gettext_lazy as _

from rounds.stages import curve
from rounds.stages.curve import GRADIENT, LEARNING_RATE, Curve, Figures

CURVES = (
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
        name="heldout_reward",
        label=_("Reward on held-out prompts"),
        hint=_("By the reward model that chooses the epoch. It may rise while the loss does."),
    ),
    Curve(
        name="token_accuracy",
        label=_("Tokens predicted right"),
        hint=_("Near 1 the model has learned the demonstrations by heart."),
    ),
    LEARNING_RATE,
    Curve(name="grad_norm", label=_("Gradient norm"), hint=GRADIENT),
)

FIGURES: Figures = {
    **curve.FIGURES,
    "chosen_step": _("Step whose model is kept"),
    "heldout_loss_before": _("Loss on held-out demonstrations before"),
    "heldout_reward_before": _("Reward on held-out prompts before"),
    "scored_prompts": _("Prompts that the reward model scored texts for"),
}
