"""Every operation, every token: what it does not open is as closed as to a stranger."""

import pytest

from tests.access.callers import TOKENS, by_token, expected_of_token
from tests.access.rules import RULES, answer, send

pytestmark = pytest.mark.django_db
OPERATIONS = [
    name for name, rule in RULES.items() if name.startswith("api:") and rule.level != "anybody"
]


@pytest.mark.parametrize("name", OPERATIONS)
def test_each_token_opens_what_the_rule_says(name, scenes, scene):
    rule = RULES[name]
    found = {
        token: answer(send(name, rule, scene.keys[rule.sign], headers))
        for token, headers in by_token(scenes, rule).items()
    }
    assert found == {token: expected_of_token(rule, token) for token in TOKENS}
