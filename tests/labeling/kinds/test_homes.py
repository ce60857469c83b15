"""A kind of annotation is named in its own folder and nowhere else."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from labeling.kinds import folders, kinds

ROOT = Path(__file__).resolve().parents[3]
CODE = ("labeling", "platform", "workers")
# Who may name a kind, and why.
ALLOWED = {
    "labeling/formats/label_studio.py": "`dialogue`: a key of the files of others",
    "labeling/formats/open_webui.py": "`rating`: a key of the files of others",
    "labeling/formats/ultrafeedback.py": "`Rating`: a key of the files of others",
    "platform/api/plans.py": "the example of a body: data",
    "platform/api/routers/assignments.py": "`is_correction`: of an answer that its writer corrects",
    "platform/rehearsal/loop.py": "asks for demonstrations once the model has written: a recipe",
    "platform/rehearsal/recipe.py": "what a rehearsal asks for is data",
    "platform/web/demo.py": "what the sample project asks for is data",
    "platform/rounds/stages/findings.py": "`per_ranking`: of a row of the table rankings",
    "platform/rounds/stages/dpo/needs.py": "`per_ranking`: of a row of the table rankings",
    "platform/rounds/stages/reward/needs.py": "`per_ranking`: of a row of the table rankings",
}


def sources() -> Iterator[Path]:
    """Python, templates, scripts and styles of Rondo, but for the folders of the kinds."""
    homes = set(folders().values())
    for top in CODE:
        for path in sorted((ROOT / top).rglob("*")):
            is_home = bool(homes & set(path.parents))
            is_code = path.suffix in {".py", ".html", ".js", ".css"}
            if is_code and not is_home and not {"migrations", "vendor"} & set(path.parts):
                yield path


def named(text: str, suffix: str) -> set[str]:
    """The kinds that a file names: in Python by a string or within an identifier, not in prose."""
    if suffix == ".py":
        words = " ".join(_names(ast.parse(text))).lower().replace("_", " ").split()
    else:
        words = re.findall(r"[a-z]+", re.sub(r"{% (?:block)?translate .*? %}|{#.*?#}", "", text))
    return set(words) & set(kinds())


def _names(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str(text)) if re.fullmatch(r"\w+", text):
                yield text
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name):
                yield name
            case ast.keyword(arg=str(name)) | ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                yield name


@pytest.mark.parametrize(
    ("text", "suffix", "found"),
    [
        ('if task.kind == "ranking":\n    pass', ".py", {"ranking"}),
        ("Kind.CORRECTION", ".py", {"correction"}),
        ("def demonstration_rows(): ...", ".py", {"demonstration"}),
        ('"""A ranking is one kind."""\nrows = {"rankings": []}', ".py", set()),
        ('{% if kind.name == "ranking" %}⏎{% endif %}', ".html", {"ranking"}),
        ("{% translate 'Your correction' %}{# a ranking #}", ".html", set()),
        ('if (form.dataset.kind === "ranking") submit();', ".js", {"ranking"}),
    ],
)
def test_what_counts_as_naming_a_kind(text: str, suffix: str, found: set[str]) -> None:
    assert named(text, suffix) == found


def test_no_other_file_names_a_kind() -> None:
    naming = {
        str(path.relative_to(ROOT)): found
        for path in sources()
        if (found := named(path.read_text(encoding="utf-8"), path.suffix))
    }

    assert set(naming) == set(ALLOWED), naming
