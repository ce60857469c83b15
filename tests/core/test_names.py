"""Names that look alike have one key, others their own."""

import pytest
from confusable_homoglyphs.confusables import confusables_data

from core.names import name_key


@pytest.mark.parametrize(
    "twins",
    [
        ["ALPHA", "alpha", "Аlpha", "ａｌｐｈａ", "AIpha", "A1pha"],
        ["Kitchen", "ＫITCHEN", "Kitсhen", "Kitchen\u2003"],
        ["Bob", "Воb", "B0b"],
        ["Mona", "Моnа", "rnona"],
        ["Wang Wei", "Wang  Wei", "wang\u00a0wei"],
        ["Eva", "E\ufe0fva", "Eva\U000e0100", "E\u180bva", "Eva\u2800"],
        ["工", "エ", "⼯"],
    ],
)
def test_twins_have_one_key(twins: list[str]) -> None:
    assert len({name_key(name) for name in twins}) == 1


def test_others_have_their_own() -> None:
    names = ["Ada", "Adam", "Café", "Cafe", "王伟", "王偉", "Кухня", "Kitchen 2", "Kitchen 3"]
    assert len({name_key(name) for name in names}) == len(names)


def test_every_character_has_a_key_and_a_key_is_its_own() -> None:
    assert [c for c in confusables_data if not name_key(c) and not c.isspace()] == []
    assert [name_key(name_key(name)) for name in ("Моnа", "ALPHA")] == ["RN0NA", "A1PHA"]
