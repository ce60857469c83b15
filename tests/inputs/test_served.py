"""What people uploaded or wrote is served as a file to keep, never as a page (B16, B17)."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse

from accounts.models import User
from labeling.models import Project
from rounds.models import Corpus
from tests.api.caller import Caller
from tests.factories import make_prompt

PAGE = "<!doctype html><svg onload=alert(1)><script>alert(1)</script>"
FORMULAS = ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "＝1", "＋1", "－1", "＠x"]


def head(response: HttpResponse) -> tuple[int, str, str, str]:
    """What tells a browser what to do with a file."""
    b"".join(response.streaming_content)  # type: ignore[attr-defined]
    names = ("X-Content-Type-Options", "Content-Type")
    saved = response["Content-Disposition"].partition(";")[0]
    return (response.status_code, saved, *(response[name] for name in names))


def test_files_are_kept_and_not_shown(project: Project, mona: User) -> None:
    caller = Caller(mona, project)
    file = SimpleUploadedFile("page.html", PAGE.encode(), "text/html")
    caller("post", "corpora", data={"file": file})
    make_prompt(project, PAGE)
    corpus = f"corpora/{Corpus.objects.get().pk}/files/corpus.parquet"

    found = [
        head(caller("get", path))
        for path in (corpus, *(f"exports/prompts.{name}" for name in ("jsonl", "csv", "parquet")))
    ]

    assert found == [
        (200, "attachment", "nosniff", media)
        for media in (
            "application/octet-stream",
            "application/x-ndjson",
            "text/csv; charset=utf-8",
            "application/vnd.apache.parquet",
        )
    ]


@pytest.mark.parametrize("dataset", ["prompts"])
def test_no_cell_of_a_table_is_a_formula_and_json_is_to_the_letter(
    project: Project, mona: User, dataset: str
) -> None:
    for number, text in enumerate(FORMULAS):
        make_prompt(project, f"Egg {number}?", source=text, use_case=text)
    caller = Caller(mona, project)

    table = b"".join(caller("get", f"exports/{dataset}.csv").streaming_content).decode("utf-8-sig")
    lines = b"".join(caller("get", f"exports/{dataset}.jsonl").streaming_content).decode()

    assert [text for text in FORMULAS if f",{text}," in table or f',"{text}",' in table] == []
    assert all(f"'{text}" in table for text in FORMULAS)
    assert lines.count('"use_case":"=1+1"') == 1
    assert lines.count("＝1") == 2
