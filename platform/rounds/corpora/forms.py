"""The form for a new corpus."""

from django import forms
from django.utils.translation import gettext_lazy as _

from core import limits
from labeling.forms import UploadForm


class CorpusForm(UploadForm):
    """A file, and what to call it."""

    most = limits.CORPUS_FILE
    file = forms.FileField(
        label=_("Plain text or JSON lines"),
        widget=forms.FileInput(attrs={"accept": ".txt,.md,.jsonl,.ndjson,.json"}),
    )
    name = forms.CharField(
        label=_("Name"),
        required=False,
        max_length=120,
        help_text=_("Runs name it so. Left empty, it is the file’s name."),
    )
    field_order = ("file", "name", "encoding")
