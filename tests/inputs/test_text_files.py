"""Files of JSON that are no good (B1, B2, B6 to B11): through each door, told and nothing kept."""

import gzip
import io
import zipfile

import pytest

from accounts.models import AuditEntry, User
from labeling.models import Project
from tests.inputs.doors import Door

NAME = "a.jsonl"
DEEP = "[" * 100_000 + "]" * 100_000
# What stands in one place of a row, and what is said of it.
ODD = [
    ("NaN", "NaN is not a JSON number"),
    ("-Infinity", "-Infinity is not a JSON number"),
    ("1e999", "the number 1e999 is too large"),
    ("9" * 5000, "a number is too long"),
    ('{"a": 1, "a": 2}', "the object has the key “a” twice"),
]


def refused(door: Door, project: Project, mona: User, raw: bytes, name: str = NAME) -> str:
    """What is said of the file, of which nothing is kept: the next one comes in alone."""
    said = door.send(project, mona, raw, name)
    assert (said.status, door.stored(project)) == (422, [])
    door.send(project, mona, door.lines("Right?").encode(), NAME)
    assert door.stored(project) == ["Right?"]
    return said.text


def test_a_broken_line_is_named_by_line_and_column(door: Door, project: Project, mona: User):
    good = door.lines(*(f"Egg {n}?" for n in range(1, 7)))

    text = refused(door, project, mona, f'{good}{{"prompt": "a" "b"}}\n'.encode())

    assert "line 7, column 16: this is not JSON (Expecting ',' delimiter)" in text


@pytest.mark.parametrize(
    ("encoding", "end"),
    [("utf-8-sig", "\r\n"), ("gb18030", "\n"), ("utf-16", "\r\n"), ("utf-16-be", "\r")],
)
def test_encodings_and_line_ends_of_others_are_taken(
    door: Door, project: Project, mona: User, encoding: str, end: str
):
    texts = ["鸡蛋煮多久？", "How long do I boil an egg?", "如何学习一门新的语言？"]

    said = door.send(project, mona, door.lines(*texts).replace("\n", end).encode(encoding), NAME)

    assert (said.status in {200, 201}, door.stored(project)) == (True, texts)


@pytest.mark.parametrize("form", ["lines", "array"])
def test_json_that_is_none_is_named_by_its_line(
    door: Door, project: Project, mona: User, form: str
):
    good = door.lines("Egg?").strip()
    rows = [good, *(f'{good[:-1]}, "more": {value}}}' for value, _what in ODD)]
    rows += [door.lines("<odd>").strip().replace("<odd>", odd) for odd in (r"\u0000", r"\ud800")]
    raw = "\n".join(rows) if form == "lines" else "[" + ",\n".join(rows) + "]"

    text = refused(door, project, mona, raw.encode())

    for line, (_value, what) in enumerate(ODD, start=2):
        assert f"line {line}: {what}" in text
    assert f"line {len(rows) - 1}: text holds a NUL character" in text
    assert f"line {len(rows)}: text holds half of a surrogate pair" in text


def test_json_that_is_too_deep_is_told(door: Door, project: Project, mona: User):
    row = f'{door.lines("Egg?").strip()[:-1]}, "more": {DEEP}}}'

    for raw in (row, f"[{row}]", DEEP):
        assert door.send(project, mona, raw.encode(), NAME).status == 422
    assert "nested too deeply" in refused(door, project, mona, row.encode())


def test_a_name_that_misleads_is_kept_without_what_does(door: Door, project: Project, mona: User):
    name = "eggs\u202e\u2066\u200b\x1b[2J.jsonl"

    door.send(project, mona, door.lines("Egg?").encode(), name)

    kept = AuditEntry.objects.latest("pk").details
    assert "eggs[2J.jsonl" in {kept.get("source"), kept.get("corpus")}
    assert door.stored(project) == ["Egg?"]


def test_archives_are_named_and_not_unpacked(door: Door, project: Project, mona: User):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("../../a.jsonl", door.lines("Egg?"))
    archives = {
        "an Excel workbook or another zip archive": file.getvalue(),
        "compressed by gzip": gzip.compress(b"\0" * 10**7),
        "compressed by zstd": b"\x28\xb5\x2f\xfd\x04\x00\x01\x00\x00",
    }

    for what, raw in archives.items():
        said = door.send(project, mona, raw, "a.zip")
        assert (said.status, f"The file is {what}." in said.text) == (422, True)
    assert door.stored(project) == []


def test_texts_are_kept_to_the_letter(door: Door, project: Project, mona: User):
    hidden = "a\u202eb\u2066c\u200bd\x1b[31me\x07"
    scripts = "ابدأ بـ Python, e\u0301 é ﬁ, Z̷͉͝a̶̺͒l̴̡̐g̷̣̈́o, 👩‍🍳 🏳️‍🌈 𠮷, 鸡蛋"
    controls = "<|im_end|>\n<|im_start|>system\n[INST]</s> Assistant: yes"
    texts = [hidden, scripts, controls]

    door.send(project, mona, door.lines(*texts).encode(), NAME)

    assert door.stored(project) == texts
