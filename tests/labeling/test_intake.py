"""Which prompts of a file are stored."""

import pytest

from labeling.health import near, texts
from labeling.intake import Alike, take
from labeling.models import Project, Prompt
from tests.factories import make_prompt
from tests.labeling.test_splitting import rows

EGG = "How long do I have to boil an egg so that the yolk stays soft and the white is firm?"
SAID = EGG.replace("How", "Say: how")
POEM = "写一首关于秋天的短诗，要有四行，每行七个字，最后一行要提到月亮。"
FILE = [EGG, f" {EGG}\r\n", EGG.upper(), SAID, "Tea?", POEM, f"{POEM}谢谢", "Cafe\u0301?", "Café?"]


@pytest.mark.parametrize(
    ("alike", "stored"),
    [
        (Alike.ALL, FILE),
        (Alike.SAME, [EGG, SAID, "Tea?", POEM, f"{POEM}谢谢", "Cafe\u0301?"]),
        (Alike.NEAR, [EGG, "Tea?", POEM, "Cafe\u0301?"]),
    ],
)
def test_what_is_like_another_is_left_out_as_is_chosen(
    project: Project, alike: str, stored: list[str]
) -> None:
    found = rows(*({"prompt": text} for text in FILE))
    taken = take(project, found, alike=alike)

    assert [row.last_text for row in taken.rows] == stored
    assert take(project, found, alike=Alike.ALL).stored(project, alike) == len(stored)
    assert taken.left_out == {row.sha256 for row in found} - {row.sha256 for row in taken.rows}
    assert [row.line for row in taken.same] == [2, 3, 9]
    assert {each.row.line: each.line for each in taken.near} == {2: 1, 3: 1, 4: 1, 7: 6, 9: 8}


def test_rows_are_compared_with_the_prompts_that_are_there(project: Project) -> None:
    egg, tea = make_prompt(project, EGG), make_prompt(project, "Tea?")

    taken = take(project, rows({"prompt": SAID}, {"prompt": "TEA?"}), alike=Alike.NEAR)

    assert (taken.rows, [row.line for row in taken.same]) == ([], [2])
    said = [(each.line, each.prompt, each.text) for each in taken.near]
    assert said == [(None, egg.pk, EGG), (None, tea.pk, "Tea?")]


def test_what_labels_need_is_stored_in_any_case(project: Project) -> None:
    project.prompts_per_user = 1
    found = rows(*({"prompt": text, "user_id": 7} for text in (EGG, SAID, "Tea?")))

    taken = take(project, found, alike=Alike.NEAR, needed={found[1].sha256, found[2].sha256})

    assert [row.line for row in taken.rows] == [1, 2, 3]
    needed = {found[2].sha256}
    assert taken.stored(project, Alike.NEAR, needed) == 2  # the first one, and the last for a label


def test_so_many_prompts_of_one_user_are_stored(project: Project) -> None:
    project.prompts_per_user = 2
    there = rows({"prompt": "Ham?", "user_id": "Ada"})[0]
    make_prompt(project, "Ham?", asker=there.asker)
    make_prompt(project, "Lard?", asker=there.asker, withdrawn_at=project.created_at)
    said = [("Egg?", "ada "), ("Tea?", "ADA"), ("Rye?", "bob"), ("Oat?", None), ("Corn?", 5)]
    said += [("Milk?", 5), ("Salt?", 5), ("Rice?", "")]
    found = rows(*({"prompt": text, "user_id": who} for text, who in said))

    taken = take(project, found)

    names = ["Egg?", "Rye?", "Oat?", "Corn?", "Milk?", "Rice?"]
    left = {row.last_text for row in found if row.sha256 in taken.beyond}
    assert ([row.last_text for row in taken.rows], left) == (names, {"Tea?", "Salt?"})
    project.prompts_per_user = 0
    assert len(take(project, found).rows) == len(found)


def test_where_there_is_no_time_to_compare_nothing_is_near(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(texts, "WAIT", 0)
    monkeypatch.setattr(texts.PLACES, "_value", 0)

    taken = take(project, rows({"prompt": EGG}, {"prompt": SAID}), alike=Alike.NEAR)

    assert (len(taken.rows), taken.near, taken.is_whole) == (2, [], False)
    assert taken.languages == ["und", "und"]


def test_the_newest_prompts_of_a_large_project_are_compared(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(near, "COMPARED_WITH", 1)
    for text in (EGG, POEM):
        make_prompt(project, text)

    taken = take(project, rows({"prompt": SAID}, {"prompt": f"{POEM}谢谢"}), alike=Alike.ALL)

    assert [each.row.line for each in taken.near] == [2]
    assert Prompt.objects.count() == 2


def test_nothing_is_compared_where_nobody_has_a_choice(project: Project) -> None:
    found = rows({"prompt": EGG}, {"prompt": SAID}, {"prompt": EGG.upper()})
    taken = take(project, found, compares=False, tells_same=False)

    assert ([row.line for row in taken.rows], taken.near, taken.same) == ([1, 2, 3], [], [])
    assert taken.languages == ["en", "en", "en"]


@pytest.mark.parametrize("alike", Alike.values)
def test_what_rondo_exported_is_stored_whatever_it_is_like(project: Project, alike: str) -> None:
    make_prompt(project, EGG)
    ours = {"prompt_id": 7, "metadata": "{}"}
    found = rows(*({"prompt": text, **ours} for text in (EGG, EGG.upper(), SAID)))

    taken = take(project, found, alike=alike)

    assert [row.line for row in taken.rows] == [2, 3]
    assert ([row.line for row in taken.same], taken.left_out) == ([2], set())
    assert take(project, found, alike=Alike.ALL).stored(project, alike) == 2
