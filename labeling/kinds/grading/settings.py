"""What a reward model learns of gradings; the items come with each prompt."""

from typing import Annotated, Literal

from django.utils.translation import gettext_lazy
from pydantic import Field

from labeling.kinds.settings import Said, Settings


class GradingSettings(Settings):
    """The template orders texts by their scores."""

    order: Annotated[
        Literal["score", "none"],
        Field(),
        Said(
            label=gettext_lazy("What the reward model learns"),
            help=gettext_lazy(
                "Texts with the same score are tied. Choose nothing where the same prompts are"
                " ranked as well: they would count twice."
            ),
            choices={
                "score": gettext_lazy("the order by the scores"),
                "none": gettext_lazy("nothing"),
            },
        ),
    ] = "score"
