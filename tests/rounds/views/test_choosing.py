"""What pages say of tasks that were chosen, and where a choice is offered."""

from accounts.models import User
from jobs.models import Job
from labeling.models import Project, Role
from rounds.models import Round
from tests.factories import make_annotation, make_member, make_task, make_version
from tests.rounds.views.asking import CHOICE, signed_in
from tests.rounds.world import World, make_run


def test_the_form_offers_a_choice_only_where_there_are_two_reward_models(world: World) -> None:
    client = signed_in(world.mona)
    page = client.get("/projects/kitchen/rounds/").content.decode()
    assert "It takes two reward models: tick “Second reward model” when you launch" in page
    client.post("/projects/kitchen/rounds/", CHOICE)  # a disabled field: what it says is nothing
    opened = Round.objects.get(number=2)
    assert (opened.plan["chosen_percent"], opened.candidates) == (0, {})

    make_version("second", family=world.project.family, name="second reward model v1")
    asked = client.get("/projects/kitchen/rounds/2/").content.decode()
    chinese = make_member(world.project, role=Role.MANAGER, language="zh-hans")
    in_chinese = signed_in(chinese).get("/projects/kitchen/rounds/2/").content.decode()

    assert "It takes two reward models" not in asked
    assert "For each of these 4 training prompts" in asked
    assert 'name="chosen_percent" value="0" min="0" max="100"' in asked
    assert "其中每一个任务都会先为 4 个训练提示撰写回答" in in_chinese


def test_a_first_round_has_nothing_to_choose_by(project: Project, mona: User) -> None:
    make_version(name="base")

    page = signed_in(mona).get("/projects/kitchen/rounds/").content.decode()

    assert "Open round 1" in page
    assert "chosen_percent" not in page


def test_a_share_that_cannot_be_is_told_beside_its_field(world: World) -> None:
    make_version("second", family=world.project.family, name="second reward model v1")
    form = {**CHOICE, "chosen_percent": "101"}

    answer = signed_in(world.mona).post("/projects/kitchen/rounds/", form)

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["chosen_percent"]
    assert 'value="101"' in answer.content.decode()


def test_the_run_and_the_answer_say_what_was_chosen(world: World) -> None:
    payload = {"kind": "ranking", "tasks": 3, "prompts": [[n, 4] for n in range(12)]}
    run = make_run(world.round, "choose", reward_model=world.evaluation.reward_model)
    result = {"candidates": 12, "asked": 3, "differ_asked": 0.2, "differ_others": 0.05}
    Job.objects.filter(pk=run.job_id).update(payload=payload, result=result)
    label = make_annotation(make_task(world.project, "ranking", is_chosen=True))
    drawn = make_annotation(make_task(world.project, "ranking"))
    client = signed_in(world.mona)

    of_round = " ".join(client.get("/projects/kitchen/rounds/1/").content.decode().split())
    of_run = client.get(f"/runs/{run.pk}/").content.decode()
    of_label, of_drawn = (
        client.get(f"/projects/kitchen/labels/{one.pk}/").content.decode() for one in (label, drawn)
    )

    assert "Rankings: 3 chosen of 12 prompts." in of_round
    assert "differ by 0.2 nats a pair on these, by 0.05 on the others" in of_round
    assert "Choice of prompts" in of_run
    assert "This task was chosen because two reward models order its texts" in of_label
    assert "This task was chosen" not in of_drawn
