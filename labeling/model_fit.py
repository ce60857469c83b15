"""Whether a project's next model can take prompts, by what its registration learned of it.

Which model that is, the app that opens rounds knows, and says through `written_by`.
"""

from collections.abc import Callable, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from labeling.given import Message
from labeling.models import Preamble, Project
from labeling.prompt_files import PromptRow
from registry import services as registry
from registry.models import ModelVersion

BYTES_A_TOKEN = 4  # of ordinary text, roughly


_finders: list[Callable[[Project], ModelVersion | None]] = []


def written_by(find: Callable[[Project], ModelVersion | None]) -> None:
    """Let `find` say which model will write a project's next round; called from AppConfig.ready."""
    _finders.append(find)


def refusal(model: ModelVersion, preamble: Preamble | None) -> str:
    """Why `model` cannot be given any prompt after `preamble`; empty where it can, or may."""
    if not preamble or not preamble.system:
        return ""
    if registry.facts_of(model).get("system_turns") is not False:
        return ""
    return _(
        "%(model)s refuses system messages, and the project has a system prompt: take that away, "
        "or say it in an exemplar, or choose another model."
    ) % {"model": model.name}


def writer(project: Project) -> ModelVersion | None:
    """The model that will write the project's next round; None where there is none yet."""
    return next(filter(None, (find(project) for find in _finders)), None)


def of_preamble(project: Project, preamble: Preamble | None) -> list[str]:
    """What to know of what the next round's model would be given before each prompt."""
    model = writer(project)
    if model is None or preamble is None:
        return []
    found = [text] if (text := refusal(model, preamble)) else []
    context = int(registry.facts_of(model).get("context") or 0)
    if context and tokens(preamble.messages) >= context:
        text = _("It is probably too long for %(model)s, which takes %(context)s tokens.")
        found.append(text % {"model": model.name, "context": context})
    return found


def tokens(messages: Sequence[Message]) -> float:
    """How many tokens of ordinary text they have, roughly."""
    return sum(len(m["content"].encode()) for m in messages) / BYTES_A_TOKEN


def warnings(project: Project, rows: Sequence[PromptRow]) -> list[str]:
    """What to know before these are stored; nothing where nothing is known of the model."""
    model = writer(project)
    if model is None:
        return []
    preamble = Preamble.objects.in_force(project)
    before = preamble.messages if preamble else []
    found = [text] if (text := refusal(model, preamble)) else []
    facts = registry.facts_of(model)
    system = sum(row.messages[0]["role"] == "system" for row in rows)
    if system and not found and facts.get("system_turns") is False:
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
    room = int(facts.get("context") or 0)
    long = sum(room < tokens(before) + row.size / BYTES_A_TOKEN for row in rows)
    if room and long:
        text = ngettext(
            "%(n)s prompt is probably too long for %(model)s, which takes %(context)s tokens.",
            "%(n)s prompts are probably too long for %(model)s, which takes %(context)s tokens.",
            long,
        )
        found.append(text % {"n": long, "model": model.name, "context": facts["context"]})
    return found
