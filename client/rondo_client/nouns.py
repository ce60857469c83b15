"""All nouns of the API. Written by scripts/client."""

from rondo_client.extended.corpora import CorporaApi
from rondo_client.extended.exports import ExportsApi
from rondo_client.extended.imports import ImportsApi
from rondo_client.extended.models import ModelsApi
from rondo_client.extended.rounds import RoundsApi
from rondo_client.extended.runs import RunsApi
from rondo_client.extended.snapshots import SnapshotsApi
from rondo_client.resources.aliases import AliasesApi
from rondo_client.resources.answers import AnswersApi
from rondo_client.resources.assignments import AssignmentsApi
from rondo_client.resources.audit import AuditApi
from rondo_client.resources.ballots import BallotsApi
from rondo_client.resources.evaluations import EvaluationsApi
from rondo_client.resources.guidelines import GuidelinesApi
from rondo_client.resources.jobs import JobsApi
from rondo_client.resources.kinds import KindsApi
from rondo_client.resources.labels import LabelsApi
from rondo_client.resources.members import MembersApi
from rondo_client.resources.notices import NoticesApi
from rondo_client.resources.own_answers import OwnAnswersApi
from rondo_client.resources.own_proposals import OwnProposalsApi
from rondo_client.resources.preambles import PreamblesApi
from rondo_client.resources.projects import ProjectsApi
from rondo_client.resources.prompts import PromptsApi
from rondo_client.resources.proposals import ProposalsApi
from rondo_client.resources.pseudonyms import PseudonymsApi
from rondo_client.resources.reviews import ReviewsApi
from rondo_client.resources.settings import SettingsApi
from rondo_client.resources.tasks import TasksApi
from rondo_client.resources.verdict import VerdictApi
from rondo_client.resources.wanted_prompts import WantedPromptsApi
from rondo_client.resources.webhooks import WebhooksApi
from rondo_client.resources.workers import WorkersApi
from rondo_client.transport import Transport


class Nouns:
    """One attribute a noun."""

    def __init__(self, transport: Transport) -> None:
        self.aliases = AliasesApi(transport)
        self.answers = AnswersApi(transport)
        self.assignments = AssignmentsApi(transport)
        self.audit = AuditApi(transport)
        self.ballots = BallotsApi(transport)
        self.corpora = CorporaApi(transport)
        self.evaluations = EvaluationsApi(transport)
        self.exports = ExportsApi(transport)
        self.guidelines = GuidelinesApi(transport)
        self.imports = ImportsApi(transport)
        self.jobs = JobsApi(transport)
        self.kinds = KindsApi(transport)
        self.labels = LabelsApi(transport)
        self.members = MembersApi(transport)
        self.models = ModelsApi(transport)
        self.notices = NoticesApi(transport)
        self.own_answers = OwnAnswersApi(transport)
        self.own_proposals = OwnProposalsApi(transport)
        self.preambles = PreamblesApi(transport)
        self.projects = ProjectsApi(transport)
        self.prompts = PromptsApi(transport)
        self.proposals = ProposalsApi(transport)
        self.pseudonyms = PseudonymsApi(transport)
        self.reviews = ReviewsApi(transport)
        self.rounds = RoundsApi(transport)
        self.runs = RunsApi(transport)
        self.settings = SettingsApi(transport)
        self.snapshots = SnapshotsApi(transport)
        self.tasks = TasksApi(transport)
        self.verdict = VerdictApi(transport)
        self.wanted_prompts = WantedPromptsApi(transport)
        self.webhooks = WebhooksApi(transport)
        self.workers = WorkersApi(transport)
