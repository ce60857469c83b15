"""What an import is told of the model that shall answer."""

from labeling.model_fit import warnings
from labeling.models import Project
from labeling.prompt_files import PromptRow
from registry.services import promote
from tests.factories import make_version

ROWS = [
    PromptRow(line=1, messages=[{"role": "user", "content": "Hi"}]),
    PromptRow(
        line=2,
        messages=[{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"}],
    ),
    PromptRow(line=3, messages=[{"role": "user", "content": "word " * 1000}]),
]


def test_what_registration_learned_of_the_base_is_said_at_the_import(project: Project) -> None:
    base = make_version(name="base", metrics={"system_turns": False, "context": 1024})
    policy = make_version("policy", family=project.family, parent=base, name="policy v1")
    make_version(name="newer", metrics={"system_turns": True, "context": 9999})
    promote(family=project.family, version=policy, by=None)

    assert warnings(project, ROWS) == [
        "1 prompt has a system message that policy v1 refuses: it is not asked about.",
        "1 prompt is probably too long for policy v1, which takes 1024 tokens.",
    ]


def test_nothing_is_said_where_nothing_is_known(project: Project) -> None:
    assert warnings(project, ROWS) == []
    make_version(name="base", metrics={"system_turns": True})
    assert warnings(project, ROWS) == []
