"""What to ask in a round, as a form; ranges and words come from the plan."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from labeling.models import Project
from registry.models import ModelVersion
from rounds.collecting.plan import LABELS, RANGES, TASK_COUNTS


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
