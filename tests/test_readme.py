"""The documents name what is there: settings, commands, files."""

import re
from pathlib import Path

import pytest

from tests.settings_read import settings_read

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"]


def test_the_table_of_settings_is_complete():
    documented = re.findall(r"^\| `(\w+)` \|", (ROOT / "README.md").read_text(), flags=re.M)
    assert sorted(documented) == sorted(settings_read())


def test_no_setting_is_read_past_the_one_place_for_it():
    """A variable that other code looks up would be missing in the table, and in compose.

    HF_ENDPOINT and HF_TOKEN are huggingface_hub's, for whoever pushes a model from their shell.
    """
    own = re.compile(
        r'environ(?:\.get\(|\[)"(?!DJANGO_SETTINGS_MODULE|HF_ENDPOINT|HF_TOKEN)(\w+)"\]?(?! *=)'
    )
    code = [*(ROOT / "platform").rglob("*.py"), *(ROOT / "labeling").rglob("*.py")]
    code += (ROOT / "workers").rglob("*.py")
    assert {name for path in code for name in own.findall(path.read_text())} == set()


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_link_to_a_file_leads_to_one(name: str):
    targets = re.findall(r"\]\((?!https?:)([^)#]+)\)", (ROOT / name).read_text())
    assert [target for target in targets if not (ROOT / target).exists()] == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_make_command_exists(name: str):
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), flags=re.M))
    text = (ROOT / name).read_text()
    used = set(re.findall(r"^    make ([a-z-]+)", text, flags=re.M))
    used |= set(re.findall(r"`make ([a-z-]+)", text))
    assert used <= targets


def test_contributing_names_the_files_of_a_kind_and_of_a_stage_as_they_are():
    text = (ROOT / "CONTRIBUTING.md").read_text()
    kind, stage = text.split("## A new kind")[1].split("## A new training stage")
    folder = ROOT / "labeling/kinds/ranking"
    own = {"answer.html": ROOT / "labeling/kinds/critique"}  # which few kinds have
    names = re.findall(r"`((?:static/)?\w+\.(?:py|html|js))`", kind)
    paths = [own.get(name, folder) / name for name in names]
    for name in re.findall(r"`(\S+/\S+)`", stage):
        places = [ROOT, ROOT / "platform", ROOT / "platform/rounds/stages/sft"]
        found = [place / name.replace("<stage>", "sft") for place in places]
        paths.append(next((path for path in found if path.exists()), found[0]))
    assert len(paths) > 12
    assert [str(path) for path in paths if not path.exists()] == []
