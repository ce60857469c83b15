"""The API as somebody's script calls it."""

import json
from dataclasses import dataclass, field
from typing import Any

from django.test import Client

from accounts.models import User
from labeling.models import Project
from tests.api.kitchen import bearer


@dataclass
class Api:
    """Calls of one person; `project` is where paths without a slash at their start begin."""

    user: User
    project: Project | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.headers |= bearer(self.user, scope="write")

    def __call__(self, method: str, path: str, body: Any = None) -> Any:
        """The response."""
        if not path.startswith("/"):
            assert self.project is not None
            path = f"/projects/{self.project.slug}/{path}".rstrip("/")
        sent = b"" if body is None else json.dumps(body)
        address = f"/api/v1{path}"
        return Client().generic(
            method.upper(), address, sent, "application/json", headers=self.headers
        )

    def get(self, path: str) -> Any:
        """The value of an answer that must be there."""
        response = self("get", path)
        assert response.status_code == 200, response.content
        return response.json()
