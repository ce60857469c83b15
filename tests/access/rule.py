"""What a rule says of an address."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Rule:
    """Who may use an address. `sign` names the row whose keys it takes.

    hidden: a role that is too low does not even learn that it is there. body: what an operation of
    the API is sent. whole: a token for one project is not enough.
    """

    level: str
    method: str = "GET"
    sign: str = ""
    hidden: bool = False
    body: Any = None
    whole: bool = False
