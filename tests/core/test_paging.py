"""Pages by key."""

import pytest

from core.paging import LARGEST_KEY, Page, as_key
from labeling.models import Prompt
from tests.factories import make_project, make_prompt

pytestmark = pytest.mark.django_db


@pytest.fixture
def keys() -> list[int]:
    """The keys of five prompts, oldest first."""
    project = make_project()
    return [make_prompt(project, f"Prompt {n}").pk for n in range(5)]


@pytest.mark.parametrize("newest_first", [True, False])
def test_every_row_comes_once_and_the_last_page_has_no_next(
    keys: list[int], newest_first: bool
) -> None:
    pages: list[list[int]] = []
    beyond: int | None = None
    while True:
        page = Page(Prompt.objects.all(), size=2, beyond=beyond, newest_first=newest_first)
        pages.append([row.pk for row in page.rows])
        if page.next is None:
            break
        beyond = page.next

    order = keys[::-1] if newest_first else keys
    assert pages == [order[:2], order[2:4], order[4:]]


def test_a_page_that_is_just_full_is_the_last(keys: list[int]) -> None:
    assert Page(Prompt.objects.all(), size=5).next is None


@pytest.mark.parametrize("beyond", ["", None, "x", "-1", "²", "9" * 19, "1" * 5000])
def test_what_is_no_key_is_the_first_page(keys: list[int], beyond: str | None) -> None:
    page = Page(Prompt.objects.all(), size=1, beyond=beyond)

    assert [row.pk for row in page.rows] == keys[-1:]


def test_the_largest_key_is_one() -> None:
    assert (as_key(str(LARGEST_KEY)), as_key(str(LARGEST_KEY + 1))) == (LARGEST_KEY, None)
