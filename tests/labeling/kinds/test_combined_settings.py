"""What a project sets of combined tasks: steps, and what their kinds have to set."""

from typing import Any

import pytest

from labeling.kinds import kinds
from labeling.kinds.settings import Settings, problems

KIND = kinds()["combined"]
SETTINGS: Any = KIND.Settings


def test_the_template_is_instructgpts_two_steps() -> None:
    found = SETTINGS().model_dump(mode="json")

    assert found["steps"] == [{"kind": "rating"}, {"kind": "ranking"}]
    assert (found["presorted"], found["learned"]) == (True, "ranking")
    assert found["rating"] == kinds()["rating"].read_settings(None).model_dump(mode="json")
    assert found["ranking"] == {"own_text": True}
    assert SETTINGS.model_validate(found) == SETTINGS()


def test_each_template_of_a_step_is_one_of_the_whole() -> None:
    assert [(name, str(words)) for name, (words, _make) in KIND.templates.items()] == [
        ("rating_instructgpt", "Rating: InstructGPT: overall quality and flags"),
        ("rating_helpful", "Rating: Overall, helpful, honest, harmless"),
        ("rating_aims", "Rating: Helpful, honest, harmless"),
    ]
    made: Any = KIND.templates["rating_helpful"][1]()
    assert made.rating == kinds()["rating"].templates["helpful"][1]()
    assert KIND.templates["rating_instructgpt"][1]() == SETTINGS()


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"steps": [{"kind": "rating"}]}, {"steps": "At least 2 of them are needed."}),
        (
            {"steps": [{"kind": "rating"}] * 2},
            {"steps": "Two steps are of one kind: change one, or remove it."},
        ),
        (
            {"steps": [{"kind": "rating"}, {"kind": "combined"}]},
            {"steps.1.kind": "Choose one of the values."},
        ),
        ({"rating": {"criteria": []}}, {"rating.criteria": "At least 1 of them are needed."}),
        ({"learned": "demonstration"}, {"learned": "Choose one of the values."}),
    ],
)
def test_what_cannot_be_set_is_named(changes: dict[str, Any], found: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="validation error") as caught:
        SETTINGS.model_validate(SETTINGS().model_dump(mode="json") | changes)
    assert problems(caught.value) == found  # type: ignore[arg-type]


def test_settings_of_an_earlier_release_are_read_with_more_kinds() -> None:
    content = SETTINGS().model_dump(mode="json")
    del content["ranking"]
    found: Settings = SETTINGS.model_validate(content)
    assert found == SETTINGS()
