"""The form of one prompt."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from labeling.conversations import LONGEST
from labeling.forms import WrittenField
from labeling.models import Prompt

_LINE_END = re.compile(r"\r\n?")

ROLES = {"user": _("User"), "assistant": _("Assistant"), "system": _("System")}


class PromptForm(forms.Form):
    """A text for each message, in their order, and what the prompt is filtered by."""

    language = forms.CharField(label=_("Language"), max_length=10)
    use_case = forms.CharField(label=_("Use case"), max_length=40, required=False)

    def __init__(self, data: Any = None, *, prompt: Prompt) -> None:
        initial = {"language": prompt.language, "use_case": prompt.use_case}
        super().__init__(data, initial=initial, label_suffix="")
        self._texts = [f"text_{n}" for n in range(len(prompt.messages))]
        for name, message in zip(self._texts, prompt.messages, strict=True):
            self.fields[name] = WrittenField(
                label=ROLES[message["role"]],
                initial=message["content"],
                max_length=LONGEST,
                strip=False,
                widget=forms.Textarea(attrs={"rows": 6}),
            )
        self.order_fields(self._texts)

    def values(self) -> dict[str, Any]:
        """What was filled in, as `editing.edit_prompt` takes it."""
        cleaned = self.cleaned_data
        return {
            "texts": [self._written(name) for name in self._texts],
            "language": cleaned["language"],
            "use_case": cleaned["use_case"],
        }

    def _written(self, name: str) -> str:
        return as_written(self.cleaned_data[name], str(self.fields[name].initial))


def as_written(sent: str, before: str) -> str:
    """What nobody touched as it was before: browsers send all line ends as CR LF."""
    written = _LINE_END.sub("\n", sent)
    return before if _LINE_END.sub("\n", before) == written else written
