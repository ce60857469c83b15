"""Bodies of API requests are read by the strict parser of core.text."""

from typing import Any

from django.http import HttpRequest
from ninja.parser import Parser

from core.text import parse_json


class StrictParser(Parser):
    """Refuses what `json.loads` lets through: duplicate keys, NaN, NUL, lone surrogates."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The JSON value of the body."""
        return parse_json(request.body)
