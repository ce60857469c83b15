"""Django's handler of pages, for requests in UTF-8.

Django decodes a request by whatever codec its Content-Type names, and Python knows `zip`, `rot13`
and `undefined` as well: it would fail before there is a request that could be answered.
"""

from typing import Any

from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.utils.http import parse_header_parameters

UTF8 = {"utf-8", "utf8", "us-ascii", "ascii"}


class Request(WSGIRequest):
    """other_charset: what the Content-Type says instead of UTF-8; core.middleware refuses it."""

    other_charset: str | None = None

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        header = meta.get("CONTENT_TYPE", "")
        try:
            self.content_type, self.content_params = parse_header_parameters(header)
            charset = self.content_params.get("charset", "utf-8")
        except ValueError:  # its parameters name a charset of their own (RFC 2231)
            self.content_type, self.content_params, charset = "", {}, header
        if charset.lower() not in UTF8:
            self.other_charset = charset


class Pages(WSGIHandler):
    """Django's, with our request."""

    request_class = Request
