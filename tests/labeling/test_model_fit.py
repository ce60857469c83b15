"""What an import is told of the model that shall answer."""

from labeling.model_fit import warnings
from labeling.models import Project
from labeling.prompt_files import PromptRow
from registry.services import promote
from tests.factories import make_version
from tests.labeling.calling import MESSAGES, TEXTS, TOOLS
from training.contract import conversations

ROWS = [
    PromptRow(line=1, messages=[{"role": "user", "content": "Hi"}]),
    PromptRow(
        line=2,
        messages=[{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"}],
    ),
    PromptRow(line=3, messages=[{"role": "user", "content": "word " * 1000}]),
    PromptRow(line=4, messages=TEXTS, given=conversations.given(MESSAGES, [])),
    PromptRow(line=5, messages=TEXTS[:2], given=conversations.given(TEXTS[:2], TOOLS)),
]
FACTS = {"system_turns": False, "tool_turns": False, "context": 1024}


def test_what_registration_learned_of_the_base_is_said_at_the_import(project: Project) -> None:
    base = make_version(name="base", metrics=FACTS)
    policy = make_version("policy", family=project.family, parent=base, name="policy v1")
    make_version(name="newer", metrics={"system_turns": True, "context": 9999})
    promote(family=project.family, version=policy, by=None)

    assert warnings(project, ROWS) == [
        "3 prompts have a system message that policy v1 refuses: they are not asked about.",
        "2 prompts have tools, which policy v1 cannot be shown: they are not asked about.",
        "1 prompt is probably too long for policy v1, which takes 1024 tokens.",
    ]


def test_nothing_is_said_where_nothing_is_known(project: Project) -> None:
    assert warnings(project, ROWS) == []
    make_version(name="base", metrics={"system_turns": True, "tool_turns": True})
    assert warnings(project, ROWS) == []
