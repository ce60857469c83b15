"""The prompts of a project, which no kind of annotation owns; importing reads them again."""

from typing import TYPE_CHECKING

import orjson
from django.utils.translation import gettext_lazy as _

from api.exports.around import OF_PROMPT, of_prompt
from api.exports.filters import Filters
from api.exports.records import prompt_records
from api.exports.source import Maker, Source
from labeling.content_warnings import is_warned_of
from labeling.datasets import MESSAGES, Dataset, PromptRecord, Row
from labeling.models import Project, Prompt
from labeling.pseudonyms import Naming, naming

if TYPE_CHECKING:
    from django.db.models import QuerySet

PROMPTS = Dataset(
    name="prompts",
    label=_("Prompts"),
    trl_type="prompt-only",
    trainers=("GRPOTrainer", "RLOOTrainer"),
    # form and author: of those that people wrote here; the author is a pseudonym.
    columns={
        "source": str,
        "group": str,
        "content_warning": bool,
        "form": str,
        "author": str,
        "rubric": str,  # JSON of its items, or ""
    },
)


def _wanted(dataset: Dataset, project: Project, filters: Filters) -> "QuerySet[Prompt]":
    """With a round those that its tasks asked."""
    prompts = Prompt.objects.filter(project=project, **filters.lookups(split="split"))
    if filters.language is not None:
        prompts = prompts.filter(language=filters.language)
    if filters.round is not None:
        prompts = prompts.filter(tasks__round_number=filters.round).distinct()
    return prompts


def _make(dataset: Dataset, project: Project, filters: Filters) -> Maker:
    name = naming(project)
    return lambda keys: (_row(prompt, name) for prompt in prompt_records(keys))


def _row(prompt: PromptRecord, name: Naming) -> Row:
    return {
        "prompt": prompt.messages,
        "source": prompt.source,
        "group": prompt.group,
        "content_warning": is_warned_of(prompt.content_warning),
        "form": prompt.form,
        "author": name(prompt.author) if prompt.author else "",
        "rubric": orjson.dumps(prompt.rubric).decode() if prompt.rubric else "",
        **of_prompt(prompt),
    }


SOURCE = Source(
    first={"prompt": MESSAGES},
    around=OF_PROMPT,
    filters=frozenset({"round", "split", "language"}),
    wanted=_wanted,
    make=_make,
)
