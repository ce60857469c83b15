"""A server that answers as the document promises, but for what a test changes."""

from collections.abc import Callable
from typing import Any

import httpx

from tests.client.promised import Promised

Change = Callable[[dict[str, Any]], None]


class Changing(Promised):
    """As promised, but each answer is changed by the next of `changes` of its operation.

    The last one of an operation goes on for ever.
    """

    def __init__(self, openapi: dict[str, Any], **changes: list[Change]) -> None:
        super().__init__(openapi)
        self.changes = changes

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = super().handle_request(request)
        method, path = self.seen[-1]
        name = self.openapi["paths"][path][method.lower()]["operationId"]
        if not (left := self.changes.get(name)):
            return answer
        change = left[0] if len(left) == 1 else left.pop(0)
        body = answer.json()
        change(body)
        return httpx.Response(answer.status_code, json=body)
