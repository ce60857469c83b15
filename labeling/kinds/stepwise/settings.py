"""What a project may set: how far steps are labeled, and whether a wrong one may be rewritten."""

from typing import Annotated, Literal

from django.utils.translation import gettext_lazy
from pydantic import Field

from labeling.kinds.settings import Said, Settings


class StepwiseSettings(Settings):
    """The template labels every step; PRM800K's second phase ended at the first error."""

    until: Annotated[
        Literal["all", "first_error"],
        Field(),
        Said(
            label=gettext_lazy("Which steps are labeled"),
            choices={
                "all": gettext_lazy("All of them"),
                "first_error": gettext_lazy("Up to the first wrong one"),
            },
        ),
    ] = "all"
    may_rewrite: Annotated[
        bool,
        Said(
            label=gettext_lazy("People may rewrite a step"),
            help=gettext_lazy("What they write leaves with the exports."),
        ),
    ] = True
