"""Forms of the pages about checks."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from labeling.checks import screening
from labeling.checks.files import LARGEST
from labeling.models import CheckSettings
from labeling.models.checks import MOST_PERCENT


class CheckForm(forms.ModelForm):  # type: ignore[type-arg]
    """What a manager chooses about checks."""

    gold_percent = forms.IntegerField(
        label=_("Gold tasks, in percent"),
        min_value=0,
        max_value=MOST_PERCENT,
        help_text=_(
            "Of all tasks, 0 to 20. They look like any other task; the answers are compared with"
            " the right ones and train nothing."
        ),
    )
    repeat_percent = forms.IntegerField(
        label=_("Repeated tasks, in percent"),
        min_value=0,
        max_value=MOST_PERCENT,
        help_text=_(
            "Of all tasks, 0 to 20: people are given a task that they have answered, in another"
            " order. Texts are not written twice."
        ),
    )
    repeat_after = forms.IntegerField(
        label=_("Repeated after so many answers, at least"), min_value=1, max_value=1000
    )

    screening = forms.BooleanField(
        label=_("New annotators answer the test first"),
        required=False,
        help_text=_(
            "The gold tasks of the test come before their first task, and a manager decides. Who is"
            " a member already is not asked."
        ),
    )
    pass_percent = forms.IntegerField(
        label=_("Bound of the test, in percent"),
        min_value=1,
        max_value=100,
        help_text=_(
            "Agreement with the right answers. InstructGPT asked for 75 %. It is shown beside each"
            " result and decides nothing by itself."
        ),
    )

    class Meta:
        model = CheckSettings
        fields = [
            "gold_percent",
            "feedback",
            "repeat_percent",
            "repeat_after",
            "pass_percent",
            "guidelines_first",
        ]
        labels = {
            "feedback": _("Annotators are told afterwards"),
            "guidelines_first": _("Guidelines are opened before going on"),
        }
        help_texts = {
            "feedback": _(
                "They see which of their answers were to gold tasks, how theirs differed, and their"
                " own figures."
            ),
            "guidelines_first": _(
                "Whoever has not opened the newest version is led to it before the next task."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["screening"].initial = self.instance.screening_since is not None
        self.order_fields([*self.Meta.fields[:4], "screening", *self.Meta.fields[4:]])

    def clean_screening(self) -> bool:
        """Not without a task in the test: nobody could pass it."""
        chosen: bool = self.cleaned_data["screening"]
        if chosen and not screening.tests_of(self.instance.project):
            raise forms.ValidationError(
                _("Put a gold task into the test first, on the page of all gold tasks.")
            )
        return chosen


class GoldFileForm(forms.Form):
    """A file of gold tasks."""

    file = forms.FileField(
        label=_("JSON, CSV or TSV"),
        widget=forms.FileInput(attrs={"accept": ".jsonl,.ndjson,.json,.txt,.csv,.tsv"}),
    )

    def clean_file(self) -> bytes:
        """The content, if it is not too large to look at."""
        upload = self.cleaned_data["file"]
        if upload.size > LARGEST:
            raise forms.ValidationError(_("The file is larger than 1.5 MB: split it."))
        content: bytes = upload.read()
        return content


class GoldConfirmForm(forms.Form):
    """A previewed file is to be stored."""

    upload = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**62)
