"""Where a round is asked for texts that people wrote among the model's."""

from accounts.models import User
from labeling.models import Project, Role
from rounds.models import Round
from tests.factories import make_member, make_version
from tests.rounds.views.asking import CHOICE, signed_in
from tests.rounds.world import World


def test_it_is_off_until_a_manager_ticks_it(world: World) -> None:
    client = signed_in(world.mona)
    chinese = make_member(world.project, role=Role.MANAGER, language="zh-hans")

    page = client.get("/projects/kitchen/rounds/").content.decode()
    in_chinese = signed_in(chinese).get("/projects/kitchen/rounds/").content.decode()
    ticked = {**CHOICE, "chosen_percent": "0", "human_texts": "on"}
    client.post("/projects/kitchen/rounds/", ticked)

    assert "Texts that people wrote among the model&#x27;s" in page
    assert '<input type="checkbox" name="human_texts" aria-describedby' in page
    assert "在模型的回复中加入人写的文本" in in_chinese
    opened = Round.objects.get(number=2)
    assert opened.plan["human_texts"] is True
    asked = client.get("/projects/kitchen/rounds/2/").content.decode()
    assert '<input type="checkbox" name="human_texts" aria-describedby' in asked
    assert 'id="id_human_texts" checked' in asked


def test_a_first_round_has_none(project: Project, mona: User) -> None:
    make_version(name="base")

    page = signed_in(mona).get("/projects/kitchen/rounds/").content.decode()

    assert "human_texts" not in page
