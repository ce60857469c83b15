"""Whether a project's next model can take prompts, by what its registration learned of it.

Which model that is, the app that opens rounds knows, and says through `written_by`.
"""

from collections.abc import Callable, Sequence

from django.utils.translation import ngettext

from labeling.models import Project
from labeling.prompt_files import PromptRow
from registry import services as registry
from registry.models import ModelVersion

BYTES_A_TOKEN = 4  # of ordinary text, roughly


_finders: list[Callable[[Project], ModelVersion | None]] = []


def written_by(find: Callable[[Project], ModelVersion | None]) -> None:
    """Let `find` say which model will write a project's next round; called from AppConfig.ready."""
    _finders.append(find)


def warnings(project: Project, rows: Sequence[PromptRow]) -> list[str]:
    """What to know before these are stored; nothing where nothing is known of the model."""
    model = next(filter(None, (find(project) for find in _finders)), None)
    if model is None:
        return []
    found = []
    facts = registry.facts_of(model)
    system = sum(row.messages[0]["role"] == "system" for row in rows)
    if system and facts.get("system_turns") is False:
        text = ngettext(
            "%(n)s prompt has a system message that %(model)s refuses: it is not asked about.",
            "%(n)s prompts have a system message that %(model)s refuses: they are not asked about.",
            system,
        )
        found.append(text % {"n": system, "model": model.name})
    tools = sum(row.has_tools for row in rows)
    if tools and facts.get("tool_turns") is False:
        text = ngettext(
            "%(n)s prompt has tools, which %(model)s cannot be shown: it is not asked about.",
            "%(n)s prompts have tools, which %(model)s cannot be shown: they are not asked about.",
            tools,
        )
        found.append(text % {"n": tools, "model": model.name})
    room = BYTES_A_TOKEN * int(facts.get("context") or 0)
    long = sum(room < row.size for row in rows)
    if room and long:
        text = ngettext(
            "%(n)s prompt is probably too long for %(model)s, which takes %(context)s tokens.",
            "%(n)s prompts are probably too long for %(model)s, which takes %(context)s tokens.",
            long,
        )
        found.append(text % {"n": long, "model": model.name, "context": facts["context"]})
    return found
