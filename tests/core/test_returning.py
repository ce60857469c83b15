"""`next` leads back within this site, whatever it says."""

import pytest
from django.test import RequestFactory

from core.returning import back


@pytest.mark.parametrize(
    ("said", "target"),
    [
        ("/projects/kitchen/?page=2", "/projects/kitchen/?page=2"),
        ("https://evil.example/", "/there/"),
        ("//evil.example/", "/there/"),
        ("", "/there/"),
        ("home", "home"),  # an address, not the name of a page
        ("1e999", "1e999"),
    ],
)
def test_one_goes_back_within_the_site(said: str, target: str) -> None:
    request = RequestFactory().post("/", {"next": said})
    assert back(request, otherwise="/there/").url == target
