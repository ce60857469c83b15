"""Which of a project's prompts a list shows."""

from django import forms
from django.utils.translation import gettext_lazy as _

from labeling.models import Split
from labeling.queries import PromptQuerySet


class PromptFilter(forms.Form):
    """Which prompts the list shows; lives in the address."""

    q = forms.CharField(label=_("Text"), required=False, max_length=200)
    split = forms.ChoiceField(
        label=_("Split"), required=False, choices=[("", _("All splits")), *Split.choices]
    )
    language = forms.CharField(required=False, max_length=10)
    use_case = forms.CharField(required=False, max_length=40)
    source = forms.CharField(required=False, max_length=200)
    metadata = forms.CharField(required=False, max_length=400)
    imported = forms.IntegerField(required=False, min_value=1, max_value=2**62)
    author = forms.IntegerField(required=False, min_value=1, max_value=2**62)
    before = forms.IntegerField(required=False, min_value=1, max_value=2**62)

    def among(self, rows: PromptQuerySet) -> PromptQuerySet:
        """Those of `rows` that fit all that was asked."""
        asked = self.cleaned_data
        for name in ("split", "language", "use_case", "source"):
            if asked[name]:
                rows = rows.filter(**{name: asked[name]})
        if asked["imported"]:
            rows = rows.filter(imported=asked["imported"])
        if asked["author"]:
            rows = rows.filter(proposal__author=asked["author"])
        if asked["metadata"]:
            rows = rows.with_metadata(str(asked["metadata"]))
        return rows.containing(str(asked["q"])) if asked["q"] else rows
