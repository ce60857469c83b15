"""The page on which people's verdict is read and asked for."""

from labeling.models import Annotation, Task
from rounds.models import Ballot, Verdict
from rounds.verdict.refreshing import refresh
from rounds.verdict.texts import evaluated
from tests.rounds.verdict.voting import vote_all
from tests.rounds.views.asking import signed_in
from tests.rounds.world import World

ADDRESS = "/projects/kitchen/verdict/"


def form(world: World, **values: object) -> dict[str, object]:
    versions = [version.pk for version in evaluated(world.project)]
    return {"versions": versions, "prompts": "12", "votes": "1", "effect": "60"} | values


def text_of(world: World, address: str = ADDRESS) -> str:
    return " ".join(signed_in(world.mona).get(address).content.decode().split())


def test_without_two_evaluated_models_it_says_how_to_get_them(world: World) -> None:
    world.evaluation.samples.filter(model_version=world.policy).delete()

    page = text_of(world)

    assert "Nobody has voted yet" in page
    assert "The evaluation of a round stores such texts" in page
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
    assert "Nobody has voted yet" in text_of(world)  # they are counted in the background

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
        with django_assert_num_queries(10):  # type: ignore[operator]
            client.get(ADDRESS)
        client.post(ADDRESS, form(world))
    assert Annotation.objects.votes().count() == 12
