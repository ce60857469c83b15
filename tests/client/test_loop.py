"""The whole loop, two rounds on the tiny model, as docs/client.md has it."""

import re
from pathlib import Path

import pytest

from rondo_client import Client
from tests.client.stack import running

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "client.md"
WRITERS = """
    SELECT r.number, v.kind, v.number FROM rounds_round r
    JOIN registry_modelversion v ON v.id = r.writer_id
    JOIN labeling_project p ON p.id = r.project_id WHERE p.slug = 'kitchen-talk' ORDER BY 1
"""
ANSWERS = """
    SELECT t.round_number, a.kind, count(*) FROM labeling_annotation a
    JOIN labeling_task t ON t.id = a.task_id JOIN labeling_project p ON p.id = a.project_id
    WHERE p.slug = 'kitchen-talk' GROUP BY 1, 2 ORDER BY 1, 2
"""


def code_of(document: str) -> str:
    """The Python of its example, as one script."""
    return "\n\n".join(re.findall(r"^```python\n(.*?)^```$", document, re.MULTILINE | re.DOTALL))


@pytest.mark.slow
def test_the_document_walks_two_rounds_with_the_client_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = code_of(DOCUMENT.read_text("utf-8"))
    with running(tmp_path / "var") as stack:
        monkeypatch.setenv("RONDO_URL", stack.url)
        monkeypatch.setenv("RONDO_TOKEN", stack.admin)
        monkeypatch.chdir(tmp_path)

        with Client(stack.url, stack.ada) as ada:
            names = {"ada": ada}
            exec(compile(code, DOCUMENT, "exec"), names)  # noqa: S102
        names["rondo"].close()

        assert stack.demo.rows(ANSWERS) == [
            (1, "demonstration", 5),
            (1, "ranking", 6),
            (2, "ranking", 4),
        ]
        assert stack.demo.rows(WRITERS) == [(1, "base", 1), (2, "policy", 1)]
        with Client(stack.url, stack.admin) as client:
            (alias,) = client.aliases.list("kitchen-talk")
            stages = {(run.round, run.stage) for run in client.runs.list("kitchen-talk")}
        assert alias.version is not None
        assert (alias.version.kind, alias.version.name) == ("policy", "policy v2")
        assert {"sft", "reward", "ppo", "evaluate"} <= {stage for number, stage in stages}
        assert (tmp_path / "policy" / "model.safetensors").is_file()
