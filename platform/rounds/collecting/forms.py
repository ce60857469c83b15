"""What to ask in a round, as a form; ranges and words come from the kinds and the plan."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from labeling.forms import number_of_completions
from labeling.kinds import kinds
from labeling.kinds.base import AnnotationKind
from labeling.models import Project
from registry.models import ModelVersion
from rounds.collecting.choosing import judges_of
from rounds.collecting.plan import (
    CANDIDATES,
    LABELS,
    MOST_TASKS,
    RANGES,
    completions_field,
    completions_in,
    tasks_field,
)


class PlanForm(forms.Form):
    """What to ask in a round."""

    chosen_percent = forms.IntegerField(
        label=_("Chosen where the reward models differ, in percent"), required=False, initial=0
    )
    human_texts = forms.BooleanField(
        label=_("Texts that people wrote among the model's"),
        required=False,
        help_text=_(
            "Where somebody has written, corrected or demonstrated an answer to a prompt, theirs "
            "takes the place of one of the model's where several texts are judged. Nothing marks "
            "it, and whoever wrote it is not asked."
        ),
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

    def __init__(
        self, *args: Any, project: Project, plan: Mapping[str, Any] | None = None, **kwargs: Any
    ) -> None:
        """plan: of the round, whose values stand in the fields."""
        plan = plan or {}
        usual = completions_in(project, plan.get("completions", {}))
        super().__init__(*args, **{"label_suffix": "", "initial": dict(plan), **kwargs})
        for name, kind in kinds().items():
            self.fields[tasks_field(name)] = forms.IntegerField(
                label=kind.plural,
                help_text=_help(kind, project),
                min_value=0,
                max_value=MOST_TASKS,
                initial=plan.get("tasks", {}).get(name, kind.proposed),
            )
            if kind.completions.is_chosen:
                number = number_of_completions(kind, initial=usual[name])
                self.fields[completions_field(name)] = number
        for name in ("chosen_percent", *LABELS):
            field: Any = self.fields[name]
            low, high = RANGES[name]
            field.min_value, field.max_value = low, high
            field.label = LABELS.get(name, field.label)
            step = "any" if isinstance(field, forms.FloatField) else "1"
            field.widget.attrs.update({"min": f"{low:g}", "max": f"{high:g}", "step": step})
        bases = ModelVersion.objects.bases()
        self._offer("base", [(base.pk, base.name) for base in bases])
        self.is_first = not project.rounds.exists()  # later rounds go on from its base model
        self._offer_choice(project)
        if self.is_first:  # nobody has written anything yet
            del self.fields["human_texts"]
        for name, column in (("languages", "language"), ("use_cases", "use_case")):
            values = project.prompts.order_by(column).values_list(column, flat=True).distinct()
            self._offer(name, [(v, v) for v in values if v])

    def plan(self) -> dict[str, Any]:
        """What was filled in, as `Plan.clean` takes it."""
        plan = dict(self.cleaned_data)
        plan["chosen_percent"] = plan.get("chosen_percent") or 0
        tasks = {name: plan.pop(tasks_field(name)) for name in kinds()}
        completions = {name: plan.pop(completions_field(name)) for name in self._chosen()}
        return {**plan, "tasks": tasks, "completions": completions}

    def _offer(self, name: str, choices: Sequence[tuple[str | int, str]]) -> None:
        field: Any = self.fields[name]
        field.choices = choices

    def _offer_choice(self, project: Project) -> None:
        """Tasks can be chosen by two reward models, which no first round has."""
        field = self.fields["chosen_percent"]
        if self.is_first:
            del self.fields["chosen_percent"]
        elif judges_of(project):
            field.help_text = gettext(
                "0 to 100, of the tasks that compare texts. For each of these %(n)s training "
                "prompts are completed, and those are asked on which the two reward models differ "
                "most. The rest is drawn at random, and figures about people and models are of the "
                "rest."
            ) % {"n": CANDIDATES}
        else:
            field.disabled, self.initial["chosen_percent"] = True, 0
            field.help_text = gettext(
                "It takes two reward models: tick “Second reward model” when you launch training."
            )

    def counts(self) -> list[forms.BoundField]:
        """How many of each kind, and how many of them are chosen."""
        choice = [self["chosen_percent"]] if "chosen_percent" in self.fields else []
        return [*(self[tasks_field(name)] for name in kinds()), *choice]

    def sampling(self) -> list[forms.BoundField]:
        """How many completions a task shows, and how they are written."""
        names = [*map(completions_field, self._chosen()), *LABELS]
        if self.is_first:
            return [self[name] for name in ("base", *names)]
        return [self[name] for name in (*names, "human_texts")]

    def _chosen(self) -> list[str]:
        return [name for name, kind in kinds().items() if kind.completions.is_chosen]

    def choices_of(self, name: str) -> list[tuple[str, str]]:
        """What the filter `name` offers."""
        field: Any = self.fields[name]
        return list(field.choices)

    def filters(self) -> list[forms.BoundField]:
        """Which prompts; only where there is a choice."""
        return [self[name] for name in ("languages", "use_cases") if len(self.choices_of(name)) > 1]


def _help(kind: AnnotationKind, project: Project) -> str:
    """What the kind says, and how many prompts it can be about where not all can be."""
    if not kind.reads_rubric:
        return str(kind.help)
    prompts = project.prompts.in_use()
    said = gettext("%(n)d of %(all)d prompts have a rubric.") % {
        "n": prompts.with_rubric().count(),
        "all": prompts.count(),
    }
    return f"{kind.help} {said}"
