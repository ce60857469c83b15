"""What the curves of DPO mean."""

from django.utils.translation import gettext_lazy as _

from rounds.stages import comparisons
from rounds.stages.curve import GRADIENT, LEARNING_RATE, Curve, Figures

CURVES = (
    Curve(
        name="loss",
        label=_("Loss"),
        hint=_("0.69 is chance. Below 0.3 on few labels is overfitting."),
        low=0.3,
        high=0.7,
    ),
    Curve(
        name="accuracy",
        label=_("Pairs in the right order"),
        hint=_("0.5 is chance; people agree with each other on 0.63 to 0.77."),
        low=0.5,
        high=0.9,
    ),
    Curve(
        name="heldout_accuracy",
        label=_("Held-out pairs in the right order"),
        hint=_("After each epoch. Falling while the loss falls means overfitting: fewer epochs."),
    ),
    Curve(
        name="margin",
        label=_("Margin"),
        hint=_("By how much more the better text has become worth than the worse one; it grows."),
    ),
    Curve(
        name="chosen",
        label=_("Worth of the better texts"),
        hint=_(
            "β times how much likelier they have become. Falling far below 0, the policy unlearns "
            "good texts too: a lower learning rate, or a larger β."
        ),
    ),
    Curve(
        name="rejected",
        label=_("Worth of the worse texts"),
        hint=_("Falls below that of the better ones."),
    ),
    Curve(
        name="chosen_logp",
        label=_("Log-probability of the better texts"),
        hint=_("In nats per text."),
    ),
    Curve(
        name="rejected_logp",
        label=_("Log-probability of the worse texts"),
        hint=_("In nats per text."),
    ),
    LEARNING_RATE,
    Curve(name="gradient", label=_("Gradient norm"), hint=GRADIENT),
)

FIGURES: Figures = {
    **comparisons.FIGURES,
    "heldout_margin": _("Margin on held-out pairs"),
    "samples": _("Texts written to measure"),
    "kl": _("KL from the start, nats per completion"),
    "kl_k3": _("KL from the start, k3 estimate"),
    "length": _("Length, tokens"),
    "eos_rate": _("Completions that end by themselves"),
}
