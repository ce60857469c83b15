"""All nouns of the API. Written by scripts/client."""

from rondo_client.extended.exports import Exports
from rondo_client.resources.imports import Imports
from rondo_client.resources.preambles import Preambles
from rondo_client.resources.projects import Projects
from rondo_client.transport import Transport


class Nouns:
    """One attribute a noun."""

    def __init__(self, transport: Transport) -> None:
        self.exports = Exports(transport)
        self.imports = Imports(transport)
        self.preambles = Preambles(transport)
        self.projects = Projects(transport)
