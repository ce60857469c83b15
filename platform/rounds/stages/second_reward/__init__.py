"""Second reward model: of the labels that the first has not seen, to judge what PPO made of it."""

from collections.abc import Collection

from django.utils.translation import gettext_lazy as _

from registry.models import ModelVersion
from rounds.models import Half
from rounds.stages.findings import Finding, Look
from rounds.stages.reward import Reward
from rounds.stages.second_reward import needs


class SecondReward(Reward):
    """Registers a reward model that no policy is trained on.

    Trained as the first one is, by the same trainer, on the other half of the prompts.
    """

    name = "second_reward"
    label = _("Second reward model")
    trainer = "reward"
    optional = True
    makes = ModelVersion.Kind.SECOND
    title = "Reward model on labels that no policy was trained to please"

    def half_in(self, made: Collection[ModelVersion.Kind | None]) -> str:
        """Always the other one than the first reward model's."""
        return Half.SECOND

    def findings(self, look: Look) -> list[Finding]:
        """What the first one needs, and that the first one has not seen its labels."""
        return needs.findings(look, super().findings(look))


STAGE = SecondReward()
