"""What a project sets of combined tasks: the steps, and of each what its own kind has to set."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Literal

from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import Field, ValidationInfo, create_model, field_validator

from labeling.kinds.combined.steps import FIRST, Parts
from labeling.kinds.settings import Said, Settings

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Templates = dict[str, "tuple[_StrPromise, Callable[[], Settings]]"]
NOTHING = "none"
RANKINGS = "rankings"  # the table that a step's order of the texts goes to


class CombinedSettings(Settings):
    """What holds whichever kinds there are; `of` adds them."""

    @field_validator("steps", check_fields=False)
    @classmethod
    def _each_once(cls, rows: list[Any]) -> list[Any]:
        """Answers, settings and figures are by the name of the kind."""
        if len({row.kind for row in rows}) < len(rows):
            raise ValueError(_("Two steps are of one kind: change one, or remove it."))
        return rows

    @field_validator("learned", check_fields=False)
    @classmethod
    def _is_a_step(cls, name: str, info: ValidationInfo) -> str:
        taken = [row.kind for row in info.data.get("steps", [])]
        if taken and name not in [*taken, NOTHING]:
            raise ValueError(_("That is none of the steps: choose one of them, or nothing."))
        return name


def of(parts: Parts) -> type[Settings]:
    """The form of the settings where these kinds may be steps."""
    labels = {name: part.label for name, part in parts.items()}
    orders = {name: labels[name] for name, part in parts.items() if RANKINGS in part.tables}
    said = Said(label=gettext_lazy("Kind"), choices=labels)
    kind: Any = (Annotated[_words(labels), said], next(iter(parts)))
    row: Any = create_model("Row", __base__=Settings, kind=kind)
    first = first_steps(parts)
    rows = Said(
        label=gettext_lazy("Steps of a task"),
        help=gettext_lazy("All on one page, one after the other, about the same texts."),
        row=gettext_lazy("Step"),
    )
    sorts = Said(
        label=gettext_lazy("Sorted by the step before"),
        help=gettext_lazy(
            "A ranking begins with the texts in the order of their ratings. That is quicker, and"
            " draws people to it: answers and exports say where it was so."
        ),
    )
    learned = Said(
        label=gettext_lazy("What the reward model learns"),
        help=gettext_lazy(
            "The order that one step gives. Two would count the same judgment twice, so what a"
            " step sets of it itself is not looked at here unless it is chosen."
        ),
        choices=orders | {NOTHING: gettext_lazy("nothing")},
    )
    begins = next((name for name in reversed(first) if name in orders), NOTHING)
    own = {
        name: (
            Annotated[part.Settings, Said(label=part.label)],
            Field(default_factory=part.Settings),
        )
        for name, part in parts.items()
        if part.Settings is not None
    }
    fields: dict[str, Any] = {
        "steps": (
            Annotated[list[row], Field(min_length=2, max_length=len(parts)), rows],
            Field(default_factory=lambda: [row(kind=name) for name in first]),
        ),
        "presorted": (Annotated[bool, sorts], True),
        "learned": (Annotated[_words(learned.choices), learned], begins),
        **own,
    }
    made: type[Settings] = create_model("CombinedSettings", __base__=CombinedSettings, **fields)
    return made


def first_steps(parts: Parts) -> list[str]:
    """Those of the built-in template."""
    return [*FIRST] if set(FIRST) <= parts.keys() else list(parts)[:2]


def templates(parts: Parts, settings: type[Settings]) -> Templates:
    """The built-in steps, with each template that their kinds have."""
    return {
        f"{name}_{template}": (
            format_lazy(gettext_lazy("{kind}: {what}"), kind=parts[name].label, what=label),
            partial(_begun, settings, name, make),
        )
        for name in first_steps(parts)
        for template, (label, make) in parts[name].templates.items()
    }


def _begun(settings: type[Settings], name: str, make: Callable[[], Settings]) -> Settings:
    return settings.model_validate({name: make().model_dump(mode="json")})


def _words(choices: Any) -> Any:
    """The type of one of a few words."""
    return Literal[tuple(choices)]
