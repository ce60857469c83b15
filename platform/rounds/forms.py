"""Forms of the manager's pages; ranges and words come from `plan` and `recipes`."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from labeling.models import Project
from registry.models import ModelVersion
from rounds.plan import LABELS, RANGES, TASK_COUNTS
from rounds.recipes import SETTINGS, Setting, Value


class PlanForm(forms.Form):
    """What to ask in a round."""

    rankings = forms.IntegerField(initial=30, help_text=_("Several completions, best to worst."))
    demonstrations = forms.IntegerField(initial=10, help_text=_("People write the completion."))
    corrections = forms.IntegerField(initial=5, help_text=_("People edit a completion."))
    completions_per_ranking = forms.IntegerField(
        help_text=_("4 to 9 in InstructGPT; more per ranking is more comparisons per minute.")
    )
    previous_share = forms.FloatField(
        initial=0.0, help_text=_("0 to 0.5. Keeps the reward model right about older policies too.")
    )
    temperature = forms.FloatField(
        initial=1.0, help_text=_("1 samples as the model is; lower is tamer and more alike.")
    )
    max_new_tokens = forms.IntegerField(
        initial=128, help_text=_("A token is about three quarters of an English word.")
    )
    base = forms.TypedChoiceField(
        label=_("Base model"),
        coerce=int,
        empty_value=None,
        required=False,
        help_text=_("Writes the completions of the first round; training starts from it."),
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages"), required=False, widget=forms.CheckboxSelectMultiple
    )
    use_cases = forms.MultipleChoiceField(
        label=_("Use cases"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        for name, label in LABELS.items():
            field: Any = self.fields[name]
            low, high = RANGES[name]
            field.label, field.min_value, field.max_value = label, low, high
            step = "any" if isinstance(field, forms.FloatField) else "1"
            field.widget.attrs.update({"min": f"{low:g}", "max": f"{high:g}", "step": step})
        self.fields["completions_per_ranking"].initial = project.completions_per_ranking
        bases = ModelVersion.objects.filter(kind=ModelVersion.Kind.BASE).order_by("-pk")
        self._offer("base", [(base.pk, base.name) for base in bases])
        self.is_first = not project.rounds.exists()  # later rounds go on from its base model
        for name, column in (("languages", "language"), ("use_cases", "use_case")):
            values = project.prompts.order_by(column).values_list(column, flat=True).distinct()
            self._offer(name, [(v, v) for v in values if v])

    def _offer(self, name: str, choices: Sequence[tuple[str | int, str]]) -> None:
        field: Any = self.fields[name]
        field.choices = choices

    def counts(self) -> list[forms.BoundField]:
        """How many of each kind."""
        return [self[name] for name in TASK_COUNTS]

    def sampling(self) -> list[forms.BoundField]:
        """How the completions are written."""
        names = [name for name in LABELS if name not in TASK_COUNTS]
        return [self[name] for name in (["base", *names] if self.is_first else names)]

    def choices_of(self, name: str) -> list[tuple[str, str]]:
        """What the filter `name` offers."""
        field: Any = self.fields[name]
        return list(field.choices)

    def filters(self) -> list[forms.BoundField]:
        """Which prompts; only where there is a choice."""
        return [self[name] for name in ("languages", "use_cases") if len(self.choices_of(name)) > 1]


class RecipeForm(forms.Form):
    """The settings of one stage. `previous`: those of its last run, to show what differs."""

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        stage: str,
        initial: Mapping[str, Value],
        previous: Mapping[str, Value] | None = None,
    ) -> None:
        super().__init__(data, prefix=stage, initial=dict(initial), label_suffix="")
        self.stage, self.previous = stage, previous or {}
        for setting in SETTINGS[stage]:
            self.fields[setting.name] = field_for(setting)

    def main(self) -> list[dict[str, Any]]:
        """The settings that matter most."""
        return [self._shown(s) for s in SETTINGS[self.stage] if s.main]

    def others(self) -> list[dict[str, Any]]:
        """The folded ones."""
        return [self._shown(s) for s in SETTINGS[self.stage] if not s.main]

    def _shown(self, setting: Setting) -> dict[str, Any]:
        bound, last = self[setting.name], self.previous.get(setting.name)
        return {"field": bound, "last": last if last != bound.value() else None}


def field_for(setting: Setting) -> forms.Field:
    """A form field with the range, the default and the reason of `setting`."""
    common: dict[str, Any] = {"label": setting.label, "help_text": setting.why}
    if isinstance(setting.cpu, bool):
        return forms.BooleanField(required=False, **common)
    if setting.choices:
        return forms.ChoiceField(choices=[(c, c) for c in setting.choices], **common)
    limits = {"low": f"{setting.low:g}", "high": f"{setting.high:g}"}
    common["help_text"] = format_lazy(_("{why} {low} to {high}."), why=setting.why, **limits)
    kind = forms.IntegerField if setting.whole else forms.FloatField
    common |= {"min_value": setting.low, "max_value": setting.high}
    field: forms.Field = kind(**common)
    field.widget.attrs["step"] = "1" if setting.whole else "any"
    return field
