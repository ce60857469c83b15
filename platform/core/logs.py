"""One event, one line: what a log line looks like."""

import logging
import re
from typing import Any

from training.contract.printable import printable

# What PostgreSQL adds to an error holds the values of the row: addresses, texts of people.
DETAIL = re.compile(r"^DETAIL: .*?(?=^\n(?:The above|During)|\Z)", re.DOTALL | re.MULTILINE)
# Addresses that sign somebody in: Django logs the path of whatever it does not answer with success.
SECRET = re.compile(r"(/sign-in/|/reset/key/)[^/\s]+")


class LineFormatter(logging.Formatter):
    """Time, level, logger and message on one line; control characters are escaped, links cut."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s  %(message)s", "%H:%M:%S")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802
        """The line without its traceback."""
        return SECRET.sub(r"\1…", printable(super().formatMessage(record)))

    def formatException(self, ei: Any) -> str:  # noqa: N802
        """The traceback without the values of rows."""
        return DETAIL.sub("DETAIL: not logged\n", super().formatException(ei)).rstrip("\n")
