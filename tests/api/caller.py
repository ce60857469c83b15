"""A person who calls the API about one project."""

from typing import Any

from django.http import HttpResponse
from django.test import Client

from accounts.models import User
from tests.api.kitchen import bearer


class Caller:
    """`user` with a token that reads and writes."""

    def __init__(self, user: User, slug: str = "kitchen") -> None:
        self.root, self.headers = f"/api/v1/projects/{slug}", bearer(user, scope="write")

    def ask(self, method: str, path: str, **sent: Any) -> HttpResponse:
        """The whole answer. path: below the project's, or below the API where it begins with /."""
        address = f"/api/v1{path}" if path.startswith("/") else f"{self.root}/{path}"
        headers = {**self.headers, **sent.pop("headers", {})}
        return getattr(Client(), method)(address, headers=headers, **sent)

    def get(self, path: str, **query: Any) -> Any:
        """The JSON of an answer that is given."""
        response = self.ask("get", path, data=query)
        assert response.status_code == 200, response.content
        return response.json()

    def post(self, path: str, body: Any = None, *, status: int = 201) -> Any:
        """The JSON of an answer of this status."""
        media = "application/octet-stream" if body is None else "application/json"
        sent = {"data": b"" if body is None else body, "content_type": media}
        response = self.ask("post", path, **sent)
        assert response.status_code == status, response.content
        return response.json()
