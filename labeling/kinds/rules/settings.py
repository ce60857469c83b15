"""The rules of a project, and what a reward model learns of their answers."""

from typing import Annotated, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import Field, field_validator

from labeling.kinds.naming import Name, named
from labeling.kinds.rules.template import KNOWN, RULES
from labeling.kinds.settings import Said, Settings

MOST = 30  # rules


class Rule(Settings):
    """One rule, said of the text: "Threatens nobody." """

    text: Annotated[
        str,
        Field(min_length=1, max_length=300),
        Said(
            label=gettext_lazy("The rule"),
            help=gettext_lazy("What a text does that keeps to it, as in “Threatens nobody.”"),
            known=KNOWN,
        ),
    ]
    help: Annotated[
        str, Field(max_length=300), Said(label=gettext_lazy("What it means"), known=KNOWN)
    ] = ""
    name: Name = ""


class RulesSettings(Settings):
    """What each text is judged by, and what follows for the reward model."""

    rules: Annotated[
        list[Rule],
        Field(min_length=1, max_length=MOST),
        Said(
            label=gettext_lazy("Rules"),
            help=gettext_lazy("Asked of each text, in this order. Narrow rules are judged best."),
            row=gettext_lazy("Rule"),
        ),
    ] = Field(default_factory=lambda: [Rule(**rule._asdict()) for rule in RULES])
    order: Annotated[
        Literal["none", "broken"],
        Said(
            label=gettext_lazy("What the reward model learns"),
            help=gettext_lazy(
                "By rules alone a text that says nothing is as good as the best one: choose the"
                " order only where nothing else is asked of the same prompts."
            ),
            choices={
                "none": gettext_lazy("nothing"),
                "broken": gettext_lazy("that fewer broken rules are better; unsure counts half"),
            },
        ),
    ] = "none"

    @field_validator("rules")
    @classmethod
    def _named(cls, rules: list[Rule]) -> list[Rule]:
        """Each with a name, and no name twice: answers and exports are by them."""
        names = named([(one.name, one.text) for one in rules], otherwise="rule")
        if names is None:
            raise ValueError(_("Two rules have the same name in exports: change one."))
        found = zip(rules, names, strict=True)
        return [one.model_copy(update={"name": name}) for one, name in found]
