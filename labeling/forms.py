"""Forms of the project pages."""

from typing import IO, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import NameField
from core import limits
from core.errors import BadInputError
from core.text import clean_text
from labeling import encodings, skipping
from labeling.formats import FORMATS
from labeling.kinds import kinds
from labeling.kinds.base import AnnotationKind
from labeling.licence_field import LicenceField
from labeling.models import MOST_ANSWERS, Membership, Period, Project, Role, Skipping

LONGEST_GUIDELINES = 50_000


class WrittenField(forms.CharField):
    """A longer text that the database can hold."""

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Written from the side that its script is written from."""
        return {**super().widget_attrs(widget), "dir": "auto"}

    def clean(self, value: str) -> str:
        """The text as it was written."""
        value = super().clean(value)
        try:
            return clean_text(value)
        except BadInputError as error:
            raise forms.ValidationError(", ".join(error.errors.values())) from error


def number_of_completions(kind: AnnotationKind, *, initial: int) -> forms.IntegerField:
    """A field for how many completions a task of `kind` shows."""
    shown = kind.completions
    return forms.IntegerField(
        label=shown.label,
        help_text=shown.help,
        min_value=shown.fewest,
        max_value=shown.most,
        initial=initial,
    )


class ProjectForm(forms.Form):
    """A new project."""

    name = NameField(label=_("Name"), max_length=120)
    slug = forms.SlugField(
        label=_("Short name"),
        max_length=64,
        help_text=_("In addresses and in the API: small letters, digits and hyphens. It stays."),
    )
    description = WrittenField(
        label=_("What it is for"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean_slug(self) -> str:
        """Small letters, begun by one or by a digit."""
        slug: str = self.cleaned_data["slug"].lower()
        if not slug[0].isalnum() or not slug.isascii():
            raise forms.ValidationError(_("Begin it with a letter or a digit."))
        return slug


class SettingsForm(forms.ModelForm):  # type: ignore[type-arg]
    """What a manager sets."""

    name = NameField(label=_("Name"), max_length=120)
    description = WrittenField(
        label=_("What it is for"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    guidelines = WrittenField(
        label=_("Guidelines"),
        required=False,
        max_length=LONGEST_GUIDELINES,
        widget=forms.Textarea(attrs={"rows": 14}),
        help_text=_(
            "Markdown. Annotators have them one key away; a change makes a new version, and each"
            " answer names the version that it was given under."
        ),
    )

    skip_reasons = forms.MultipleChoiceField(
        label=_("Reasons to skip a task"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[(reason.value, reason.label) for reason in skipping.OFFERED],
        help_text=_("None chosen: all of these."),
    )
    licence = LicenceField()

    class Meta:
        model = Project
        fields = [
            "name",
            "description",
            "guidelines",
            "overlap",
            "lease_minutes",
            "goal",
            "goal_period",
            "skipping",
            "skip_reasons",
            "hides_concerns",
            "prompts_per_user",
            "redacts_personal",
            "licence",
        ]
        help_texts = {
            "overlap": _(
                "1 to 20 people answer each task. More than 1 measures agreement, and costs as many"
                " times the work."
            ),
            "lease_minutes": _("After this long without activity the task goes to someone else."),
            "goal": _(
                "Answers that each annotator sees as a goal on the page of tasks; 0 is none. Each"
                " may choose another one, or none: nobody is held to it."
            ),
            "prompts_per_user": _(
                "So many are imported for each value of “user_id” (or “user”) in the files; 0 is no"
                " limit. InstructGPT took 200."
            ),
            "redacts_personal": _(
                "E-mail addresses, telephone, identity and card numbers and keys become marks such"
                " as [EMAIL], in prompts, their metadata and texts of labels. Managers can read"
                " what a prompt said before."
            ),
            "skipping": _(
                "How annotators may leave a task to others. A prompt with a content warning they"
                " may always decline."
            ),
            "hides_concerns": _(
                "Otherwise an answer may come with what is wrong with the task, and with a comment:"
                " reviewers find it in a queue."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, kind in self._chosen().items():
            number = self.instance.completions_of(kind)
            self.fields[name] = number_of_completions(kind, initial=number)
        for name in ("goal", "goal_period", "skipping", "prompts_per_user"):
            self.fields[name].required = False
        self.order_fields(["name", "description", "guidelines", "overlap", *self._chosen()])

    def clean(self) -> dict[str, Any]:
        """With one value for the numbers of completions."""
        cleaned: dict[str, Any] = super().clean() or {}
        if "goal" not in self.errors:
            cleaned["goal"] = cleaned.get("goal") or 0  # left empty: none
        if "prompts_per_user" not in self.errors:
            cleaned["prompts_per_user"] = cleaned.get("prompts_per_user") or 0
        cleaned["goal_period"] = cleaned.get("goal_period") or Period.DAY
        cleaned["skipping"] = cleaned.get("skipping") or Skipping.FREE
        numbers = {kind.name: cleaned.pop(name, None) for name, kind in self._chosen().items()}
        return {**cleaned, "completions": {**self.instance.completions, **numbers}}

    @staticmethod
    def _chosen() -> dict[str, AnnotationKind]:
        found = kinds().values()
        return {f"completions_{kind.name}": kind for kind in found if kind.completions.is_chosen}


class InviteForm(forms.Form):
    """Someone new in the project."""

    email = forms.EmailField(label=_("E-mail address"))
    name = NameField(
        label=_("Name"),
        max_length=120,
        required=False,
        help_text=_("For someone without an account."),
    )
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.ANNOTATOR)


class RoleForm(forms.Form):
    """Another role for a member."""

    role = forms.ChoiceField(choices=Role.choices)


class GoalForm(forms.Form):
    """How much somebody wants to answer."""

    answers = forms.IntegerField(
        label=_("Answers"), required=False, min_value=1, max_value=MOST_ANSWERS
    )
    period = forms.ChoiceField(
        label=_("The goal is for"),
        required=False,
        choices=[
            ("", _("What the project proposes")),
            *Period.choices,
            ("none", _("No goal")),
        ],
    )

    @classmethod
    def of(cls, member: Membership) -> "GoalForm":
        """The form as `member` has it now."""
        if member.goal is None:
            return cls(initial={"period": ""})
        if not member.goal:
            return cls(initial={"period": "none"})
        return cls(initial={"answers": member.goal, "period": member.goal_period})

    def clean(self) -> dict[str, Any]:
        """A day and a week are of a number of answers."""
        cleaned: dict[str, Any] = super().clean() or {}
        is_own = cleaned.get("period") in Period.values
        if is_own and not cleaned.get("answers") and "answers" not in self.errors:
            self.add_error("answers", _("Say how many answers you want to give."))
        return cleaned

    def chosen(self) -> dict[str, Any]:
        """What labeling.goals.choose takes."""
        period = self.cleaned_data["period"]
        if period in Period.values:
            return {"answers": self.cleaned_data["answers"], "period": period}
        return {"answers": 0 if period == "none" else None, "period": Period.DAY}


class UploadForm(forms.Form):
    """A file of at most `most` bytes."""

    most = limits.IMPORT_FILE
    file = forms.FileField(
        label=_("JSON, CSV, TSV or Parquet"),
        widget=forms.FileInput(
            attrs={"accept": ".jsonl,.ndjson,.json,.txt,.csv,.tsv,.parquet,.arrow"},
        ),
    )
    encoding = forms.ChoiceField(
        label=_("Encoding"),
        required=False,
        choices=[("", _("UTF-8, or what it seems to be")), *encodings.CHOICES],
    )

    def clean_file(self) -> IO[bytes]:
        """The file, if it is not too large."""
        upload = self.cleaned_data["file"]
        if upload.size > self.most:
            raise forms.ValidationError(
                _("The file is larger than %(most)s MB: split it.") % {"most": self.most // 2**20}
            )
        file: IO[bytes] = upload
        return file


class ImportForm(UploadForm):
    """A file of prompts, perhaps with labels."""

    format = forms.ChoiceField(
        label=_("What its rows are"),
        required=False,
        choices=[
            ("", _("What they seem to be")),
            *((each.name, each.label) for each in FORMATS.values()),
        ],
    )
