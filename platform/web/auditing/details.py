"""What an act was about, in words: the names and values that its entry keeps."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import ApiToken, AuditEntry, User
from labeling.answer_filter import CHOICES as WHICH_PROMPTS
from labeling.kinds import kinds
from labeling.models import Period, PromptForm, Role, Task
from rounds import stages

NAMES = {
    "answer": gettext_lazy("answer"),
    "answers": gettext_lazy("answers"),
    "base": gettext_lazy("base model"),
    "bound": gettext_lazy("bound"),
    "bytes": gettext_lazy("bytes"),
    "choice": gettext_lazy("chosen by models"),
    "chosen_percent": gettext_lazy("chosen, in percent"),
    "completions": gettext_lazy("completions per task"),
    "corpus": gettext_lazy("corpus"),
    "created": gettext_lazy("added"),
    "days": gettext_lazy("days"),
    "description": gettext_lazy("what it is for"),
    "duplicates": gettext_lazy("there already"),
    "erase": gettext_lazy("words erased"),
    "events": gettext_lazy("events"),
    "family": gettext_lazy("models of"),
    "feedback": gettext_lazy("annotators are told afterwards"),
    "fields": gettext_lazy("settings"),
    "first_batch": gettext_lazy("prompts written ahead"),
    "goal": gettext_lazy("goal"),
    "goal_period": gettext_lazy("period of the goal"),
    "form": gettext_lazy("form"),
    "gold_percent": gettext_lazy("gold tasks, in percent"),
    "guidelines": gettext_lazy("guidelines"),
    "guidelines_first": gettext_lazy("guidelines first"),
    "hides_concerns": gettext_lazy("no concerns offered"),
    "left_out": gettext_lazy("left out"),
    "redacts_personal": gettext_lazy("personal data taken out"),
    "prompts_per_user": gettext_lazy("prompts of one user"),
    "human_texts": gettext_lazy("people's texts among the model's"),
    "items": gettext_lazy("items"),
    "judged": gettext_lazy("judged by a model as well"),
    "kind": gettext_lazy("kind"),
    "kinds": gettext_lazy("kinds"),
    "language": gettext_lazy("language"),
    "languages": gettext_lazy("languages"),
    "licence": gettext_lazy("licence"),
    "lease_minutes": gettext_lazy("minutes a task is reserved"),
    "max_new_tokens": gettext_lazy("longest completion, in tokens"),
    "messages": gettext_lazy("text before"),
    "models": gettext_lazy("models"),
    "name": gettext_lazy("name"),
    "on": gettext_lazy("switched on"),
    "open_tasks": gettext_lazy("open tasks changed"),
    "number": gettext_lazy("number"),
    "overlap": gettext_lazy("answers per task"),
    "pass_percent": gettext_lazy("bound of the test, in percent"),
    "percent": gettext_lazy("percent"),
    "previous_share": gettext_lazy("share of the model before"),
    "project": gettext_lazy("project"),
    "prompts": gettext_lazy("prompts"),
    "pseudonym": gettext_lazy("pseudonym"),
    "removed": gettext_lazy("removed"),
    "repeat_after": gettext_lazy("repeated after so many answers"),
    "repeat_percent": gettext_lazy("repeated tasks, in percent"),
    "role": gettext_lazy("role"),
    "round": gettext_lazy("round"),
    "rubrics": gettext_lazy("rubrics added"),
    "scope": gettext_lazy("scope"),
    "seed": gettext_lazy("seed"),
    "sent_again": gettext_lazy("messages sent again"),
    "sha256": gettext_lazy("SHA-256"),
    "skip_reasons": gettext_lazy("reasons to skip"),
    "skipping": gettext_lazy("skipping a task"),
    "slug": gettext_lazy("short name"),
    "snapshot": gettext_lazy("snapshot"),
    "snapshots": gettext_lazy("snapshots"),
    "source": gettext_lazy("source"),
    "stages": gettext_lazy("stages"),
    "state": gettext_lazy("state"),
    "task": gettext_lazy("task"),
    "tasks": gettext_lazy("tasks"),
    "temperature": gettext_lazy("temperature"),
    "url": gettext_lazy("address"),
    "use_case": gettext_lazy("use case"),
    "use_cases": gettext_lazy("use cases"),
    "user": gettext_lazy("person"),
    "version": gettext_lazy("version"),
    "votes": gettext_lazy("votes per prompt"),
    "waiting": gettext_lazy("prompts that waited"),
    "withdrawn": gettext_lazy("tasks withdrawn"),
}
CHOICES = {
    "form": PromptForm,
    "goal_period": Period,
    "role": Role,
    "scope": ApiToken.Scope,
    "state": Task.State,
}


def people_in(entries: Iterable[AuditEntry]) -> list[int]:
    """The keys of those whom details name."""
    return [row.details["user"] for row in entries if isinstance(row.details.get("user"), int)]


def told(details: Mapping[str, Any], people: Mapping[int, User]) -> str:
    """All of them, but for what is empty."""
    words = {name: _words(name, value, people) for name, value in details.items()}
    return ", ".join(f"{NAMES.get(name, name)}: {text}" for name, text in words.items() if text)


def _words(name: str, value: Any, people: Mapping[int, User]) -> str:
    if isinstance(value, dict):
        found = {key: number for key, number in value.items() if number is not None}
        return ", ".join(f"{_word(name, key, people)} {found[key]}" for key in found)
    if isinstance(value, list):
        return ", ".join(_word(name, each, people) for each in value)
    return "" if value is None else _word(name, value, people)


def _word(name: str, value: Any, people: Mapping[int, User]) -> str:
    if str(value) in {"True", "False"}:
        return _("yes") if str(value) == "True" else _("no")
    if name in CHOICES:
        return _choice(CHOICES[name], value)
    match name:
        case "messages":
            return str(value.get("content", ""))
        case "user":
            return str(people.get(value, value))
        case "kind" | "kinds" | "tasks" | "completions":
            return str(kinds()[value].label) if value in kinds() else str(value)
        case "choice":
            return str(WHICH_PROMPTS.get(value, value))
        case "stages":
            return str(stages.get(value).label)
        case "fields":
            return str(NAMES.get(value, value))
    return str(value)


def _choice(choices: Any, value: str) -> str:
    return str(choices(value).label) if value in choices.values else value
