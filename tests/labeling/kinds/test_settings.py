"""The root of settings: words of the template in the reader's language, errors by field."""

import pytest
from django.utils import translation
from pydantic import ValidationError

from labeling.kinds.settings import as_stored, in_words, problems
from tests.labeling.kinds.toy import HINT, ToySettings


def test_the_templates_words_are_read_in_ones_language_and_stored_as_they_are() -> None:
    with translation.override("zh-hans"):
        shown = in_words(HINT, [HINT])
        assert shown == translation.gettext(HINT) != HINT
        assert as_stored(shown, [HINT]) == HINT
        assert in_words("Guidelines", ["another"]) == "Guidelines"  # a manager's own
        assert as_stored("另写的", [HINT]) == "另写的"
        assert in_words("", [""]) == ""


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ({"words": 0}, {"words": "At least 1."}),
        ({"words": 51}, {"words": "At most 50."}),
        ({"words": ""}, {"words": "Write a number."}),
        ({"hints": []}, {"hints": "At least 1 of them are needed."}),
        (
            {"hints": [{"text": "a"}, {"text": "", "tone": "rude"}]},
            {
                "hints.1.text": "Write something here, or remove the row.",
                "hints.1.tone": "Choose one of the values.",
            },
        ),
        ({"hints": [{"text": "a" * 21}]}, {"hints.0.text": "At most 20 characters."}),
        ({"hints": [{"text": "a"}] * 4}, {"hints": "At most 3 of them fit."}),
    ],
)
def test_problems_name_the_field(content: dict[str, object], found: dict[str, str]) -> None:
    with pytest.raises(ValidationError) as caught:
        ToySettings.model_validate(content)
    assert problems(caught.value) == found
