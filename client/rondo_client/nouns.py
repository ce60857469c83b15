"""All nouns of the API. Written by scripts/client."""

from rondo_client.extended.exports import ExportsApi
from rondo_client.resources.guidelines import GuidelinesApi
from rondo_client.resources.imports import ImportsApi
from rondo_client.resources.members import MembersApi
from rondo_client.resources.preambles import PreamblesApi
from rondo_client.resources.projects import ProjectsApi
from rondo_client.resources.prompts import PromptsApi
from rondo_client.resources.settings import SettingsApi
from rondo_client.resources.tasks import TasksApi
from rondo_client.resources.webhooks import WebhooksApi
from rondo_client.transport import Transport


class Nouns:
    """One attribute a noun."""

    def __init__(self, transport: Transport) -> None:
        self.exports = ExportsApi(transport)
        self.guidelines = GuidelinesApi(transport)
        self.imports = ImportsApi(transport)
        self.members = MembersApi(transport)
        self.preambles = PreamblesApi(transport)
        self.projects = ProjectsApi(transport)
        self.prompts = PromptsApi(transport)
        self.settings = SettingsApi(transport)
        self.tasks = TasksApi(transport)
        self.webhooks = WebhooksApi(transport)
