"""The page on which people's verdict is read and asked for."""

from datetime import timedelta

from django.test import Client
from django.utils import timezone

from jobs import services as jobs
from jobs.models import Job
from labeling.models import Annotation, Membership, Role, Task
from registry.models import ModelVersion
from rounds.launching.estimates import FIRST_GUESS, STARTUP_SECONDS
from rounds.models import Ballot, EvaluationSample, Verdict
from rounds.verdict.refreshing import refresh
from rounds.verdict.texts import evaluated, heldout
from tests.factories import make_project
from tests.rounds.verdict.voting import vote_all
from tests.rounds.views.asking import signed_in
from tests.rounds.world import World, make_run

ADDRESS = "/projects/kitchen/verdict/"


def form(world: World, **values: object) -> dict[str, object]:
    versions = [version.pk for version in evaluated(world.project)]
    return {"versions": versions, "prompts": "12", "votes": "1", "effect": "60"} | values


def text_of(world: World, address: str = ADDRESS) -> str:
    return " ".join(signed_in(world.mona).get(address).content.decode().split())


def test_without_two_models_it_says_how_to_get_them(world: World) -> None:
    fresh = make_project("fresh")
    Membership.objects.create(project=fresh, user=world.mona, role=Role.MANAGER)

    page = text_of(world, "/projects/fresh/verdict/")

    assert "Nobody has voted yet" in page
    assert "It takes two models that write, and held-out prompts." in page
    assert "<h2>Ask people</h2>" not in page


def test_asking_opens_tasks_and_tells_how_far_people_are(world: World) -> None:
    client = signed_in(world.mona)

    answer = client.post(ADDRESS, form(world, prompts="5"))
    assert answer.headers["Location"] == ADDRESS
    assert Task.objects.filter(question__ballot=Ballot.objects.get(), state="open").count() == 5
    assert "5 tasks are open" in client.get(ADDRESS).content.decode()

    client.post(f"{ADDRESS}{Ballot.objects.get().pk}/close/")
    assert not Task.objects.filter(purpose="verdict", state="open").exists()
    assert "Ask no more" not in text_of(world)


def lack_some(world: World) -> None:
    """The policy has written for four of twelve prompts; nothing else is open."""
    world.project.tasks.update(state="done", free_slots=0)
    kept = heldout(world.project).values("pk")[:4]
    EvaluationSample.objects.filter(model_version=world.policy).exclude(prompt__in=kept).delete()


def stock_in(client: Client, world: World, *versions: ModelVersion) -> list[dict[str, object]]:
    """What the page answers while versions are being ticked."""
    values = form(world, versions=[version.pk for version in versions], prompts="")
    stock: list[dict[str, object]] = client.post(f"{ADDRESS}texts/", values).context["stock"]
    return stock


def test_it_says_which_texts_are_there_before_one_asks(world: World) -> None:
    lack_some(world)
    client = signed_in(world.mona)
    base, policy = evaluated(world.project)

    page = text_of(world)

    assert "<td>policy v1 against base</td>" in page
    for name, number in (("Both texts are there", 4), ("A text is missing", 8)):
        assert f'<td class="number" data-name="{name}">{number}</td>' in page
    pair = {"older": base, "newer": policy, "there": 4, "missing": 8, "alike": 0}
    assert stock_in(client, world, base, policy) == [pair]
    sft = world.runs["sft"].job.model_version
    nothing = {"there": 0, "missing": 12, "alike": 0}
    assert stock_in(client, world, base, sft, policy) == [
        {"older": base, "newer": sft, **nothing},
        pair,
        {"older": sft, "newer": policy, **nothing},
    ]
    assert stock_in(client, world, base) == []
    proposed = client.get(f"{ADDRESS}?versions={sft.pk}&versions={base.pk}").context["form"]
    assert (proposed["versions"].initial, proposed["is_written"].initial) == ([base, sft], True)
    assert client.get(ADDRESS).context["form"]["is_written"].initial is False
    assert "import more of them" not in page


def test_it_says_when_nothing_is_left_to_ask(world: World) -> None:
    signed_in(world.mona).post(ADDRESS, form(world))

    answer = signed_in(world.mona).get(ADDRESS)

    assert "on each held-out prompt already: import more prompts" in answer.content.decode()
    assert answer.context["form"]["is_written"].initial is False


def test_missing_texts_are_written_and_a_lost_run_is_taken_up(world: World) -> None:
    lack_some(world)
    client = signed_in(world.mona)

    client.post(ADDRESS, form(world, is_written="on"))

    run = Ballot.objects.get().runs.get()
    page = " ".join(client.get(ADDRESS).content.decode().split())
    assert "4 tasks are open" in page
    assert "8 more are open as soon as their texts are written." in page
    assert "8 questions wait for texts." in page
    assert (
        f'<a id="awaited-{run.pk}" href="/runs/{run.pk}/">Texts for a vote #{run.pk}</a> (Queued)'
        in page
    )
    assert "Go on writing" not in page
    assert "a vote on models" in text_of(world, f"/runs/{run.pk}/")

    client.post(f"/runs/{run.pk}/cancel/")
    assert "(Cancelled)" in text_of(world)
    assert "Go on writing" in text_of(world)
    client.post(f"{ADDRESS}{Ballot.objects.get().pk}/write/")
    run.job.refresh_from_db()
    assert run.job.state == "queued"
    assert "what was written stays" in client.get(ADDRESS).content.decode()


def test_without_texts_it_says_what_to_do_and_keeps_what_was_chosen(world: World) -> None:
    lack_some(world)
    world.evaluation.samples.filter(model_version=world.policy).delete()
    client = signed_in(world.mona)
    chosen = [world.round.writer_id, world.policy.pk]

    refused = client.post(ADDRESS, form(world, versions=chosen, prompts="7"))

    assert refused.status_code == 422
    assert "have the missing texts written" in refused.content.decode()
    assert refused.context["form"]["prompts"].value() == "7"
    client.post(ADDRESS, form(world, versions=chosen, prompts="7", is_written="on"))
    assert Ballot.objects.get().awaited.count() == 7


def test_what_is_wrong_stands_at_its_field(world: World) -> None:
    client = signed_in(world.mona)
    one = evaluated(world.project)[0].pk

    for values, field in (
        ({"versions": []}, "versions"),
        ({"versions": [one]}, "versions"),
        ({"versions": [one, 0]}, "versions"),
        ({"prompts": "0"}, "prompts"),
        ({"votes": "21"}, "votes"),
        ({"effect": "50"}, "effect"),
    ):
        refused = client.post(ADDRESS, form(world, **values))  # type: ignore[arg-type]
        assert (refused.status_code, list(refused.context["form"].errors)) == (422, [field])
    assert not Ballot.objects.exists()


def test_figures_come_with_what_they_mean_and_from_how_many(world: World) -> None:
    world.project.tasks.update(state="done", free_slots=0)
    signed_in(world.mona).post(ADDRESS, form(world))
    steps = iter([2] * 8 + [0] * 2 + [-1] * 2)
    vote_all(world.project, world.ada, lambda one, other: next(steps))
    assert "No votes are counted yet" in text_of(world)  # they are counted in the background

    refresh(world.project.pk)
    page = text_of(world)

    assert "Preferred: policy v1</dt> <dd>75.0 %</dd>" in page
    assert "(95-percent interval), 12 votes on 12 prompts; a tie is half" in page
    assert "<dd>8 · 2 · 2</dd>" in page
    assert "Go on: about" in page
    assert "KL from the SFT model, nats" in page
    assert "often each model is expected to be preferred to base" in page
    assert Verdict.objects.get().computed_at is not None


def test_the_pages_cost_the_same_however_much_was_said(
    world: World, django_assert_num_queries: object
) -> None:
    world.project.tasks.update(state="done", free_slots=0)
    client = signed_in(world.mona)
    client.post(ADDRESS, form(world, prompts="3"))
    for _ in range(2):
        vote_all(world.project, world.ada, lambda one, other: 1)
        refresh(world.project.pk)
        with django_assert_num_queries(17):  # type: ignore[operator]
            client.get(ADDRESS)
        client.post(ADDRESS, form(world))
    assert Annotation.objects.votes().count() == 12


def test_what_is_being_written_says_how_long_and_renews_itself(world: World) -> None:
    lack_some(world)
    client = signed_in(world.mona)
    client.post(ADDRESS, form(world, is_written="on"))
    ballot = Ballot.objects.get()
    run = ballot.runs.get()
    ballot.runs.update(work=FIRST_GUESS * (110 - STARTUP_SECONDS))

    def part() -> str:
        answer = client.get(f"{ADDRESS}?part=ballots", headers={"HX-Request": "true"})
        return " ".join(answer.content.decode().split())

    waits = part()
    assert waits.startswith('<section id="ballots"')
    assert f'hx-get="{ADDRESS}?part=ballots"' in waits
    assert "8 questions wait for texts." in waits
    assert "Perhaps 2 minutes to write: a guess, as nothing was written here yet." in waits

    wrote = make_run(world.round, "generate", work=100.0)  # ten operations a second
    begun = timezone.now()
    wrote.job.started_at, wrote.job.finished_at = begun, begun + timedelta(seconds=20)
    wrote.job.save()
    ballot.runs.update(work=200.0)
    assert "About 30 seconds to write. </span>" in part()

    job = jobs.claim(job_id=run.job_id, worker="test")
    Job.objects.filter(pk=job.pk).update(eta_seconds=700)
    assert "About 12 minutes to write." in text_of(world)

    jobs.fail(job=job, code="out_of_memory", message="no memory")
    ended = part()
    assert ("to write." in ended, "hx-get" in ended, "Go on writing" in ended) == (
        False,
        False,
        True,
    )
