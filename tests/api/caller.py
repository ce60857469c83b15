"""The API as somebody's script calls it."""

import json
from dataclasses import dataclass, field
from typing import Any

from django.test import Client

from accounts.models import User
from labeling.models import Project
from tests.api.kitchen import bearer

JSON = "application/json"


@dataclass
class Caller:
    """`user` with a token that reads and writes; headers: of each request.

    Paths are below those of `project`, or below the API where they begin with a slash.
    """

    user: User
    project: Project | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.headers |= bearer(self.user, scope="write")

    def address(self, path: str) -> str:
        """Of `path`, from the server's root on."""
        if path.startswith("/"):
            return f"/api/v1{path}"
        assert self.project is not None
        return f"/api/v1/projects/{self.project.slug}/{path}".rstrip("/")

    def __call__(self, method: str, path: str, body: Any = None, **sent: Any) -> Any:
        """The response to `body` as JSON; sent: headers, and what Django's client takes else."""
        headers = {**self.headers, **sent.pop("headers", {})}
        if method != "get" and "data" not in sent:
            sent |= {"data": b"" if body is None else json.dumps(body), "content_type": JSON}
        return getattr(Client(), method)(self.address(path), headers=headers, **sent)

    def get(self, path: str, **query: Any) -> Any:
        """The value of an answer that must be there."""
        response = self("get", path, data=query)
        assert response.status_code == 200, response.content
        return response.json()

    def post(self, path: str, body: Any = None, *, status: int = 201) -> Any:
        """The value of an answer of this status."""
        response = self("post", path, body)
        assert response.status_code == status, response.content
        return response.json()
