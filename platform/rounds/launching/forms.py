"""The settings of a stage, as a form; ranges and words are the stage's."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from labeling.models import Project
from rounds import stages
from rounds.launching.recipes import defaults
from rounds.stages.findings import Stock
from rounds.stages.setting import Setting, Value, written


class RecipeForm(forms.Form):
    """The settings of one stage.

    previous: those of its last run, to show what differs. stock: the labels that they must fit.
    """

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        stage: str,
        initial: Mapping[str, Value],
        stock: Stock | None = None,
        previous: Mapping[str, Value] | None = None,
    ) -> None:
        super().__init__(data, prefix=stage, initial=dict(initial), label_suffix="")
        self.stage, self.stock, self.previous = stages.get(stage), stock, previous or {}
        self.title, self.settings = self.stage.label, self.stage.settings
        for setting in self.settings:
            self.fields[setting.name] = field_for(setting, stock.project if stock else None)

    def clean(self) -> dict[str, Any]:
        """Settings that fit each other and the labels."""
        values = super().clean() or {}
        if not self.errors and self.stock is not None:
            recipe = defaults(self.stage.name) | values
            examples = self.stage.examples(recipe, self.stock)
            unfit = self.stage.unfit(recipe, examples, self.stock.limits)
            for name, text in unfit.items():
                self.add_error(name if name in self.fields else None, text)
        return values

    def main(self) -> list[dict[str, Any]]:
        """The settings that matter most."""
        return [self._shown(s) for s in self.settings if s.main]

    def others(self) -> list[dict[str, Any]]:
        """The folded ones."""
        return [self._shown(s) for s in self.settings if not s.main]

    def _shown(self, setting: Setting) -> dict[str, Any]:
        bound, last = self[setting.name], self.previous.get(setting.name)
        # What was sent is text, and "8" is no change from 8.
        changed = last is not None and bound.field.has_changed(last, bound.value())
        last_told = setting.told(last) if changed else ""
        return {"field": bound, "last": last_told, "page": setting.page}


def field_for(setting: Setting, project: Project | None = None) -> forms.Field:
    """A form field with the range, the default and the reason of `setting`.

    project: whose things a choice offers.
    """
    common: dict[str, Any] = {"label": setting.label, "help_text": setting.why}
    if isinstance(setting.cpu, bool):
        return forms.BooleanField(required=False, **common)
    if setting.is_choice:
        choices = setting.choices(project)
        return forms.ChoiceField(
            choices=list(choices.items()), required="" not in choices, **common
        )
    limits = {"low": written(setting.low), "high": written(setting.high)}
    common["help_text"] = format_lazy(_("{why} {low} to {high}."), why=setting.why, **limits)
    kind = forms.IntegerField if setting.whole else forms.FloatField
    common |= {"min_value": setting.low, "max_value": setting.high}
    field: forms.Field = kind(**common)
    field.widget.attrs["step"] = "1" if setting.whole else "any"
    return field
