"""What a project sets of its rankings."""

from typing import Annotated

from django.utils.translation import gettext_lazy as _

from labeling.kinds.settings import Said, Settings


class RankingSettings(Settings):
    """own_text: where none is good enough, people may edit one or write one."""

    own_text: Annotated[
        bool,
        Said(
            label=_("A text of one's own"),
            help=_(
                "Where no text is good enough, people may edit one or write one: that gives the "
                "ranking, a correction or a demonstration, and their order, in one answer."
            ),
        ),
    ] = True
