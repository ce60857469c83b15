"""Who is who: the people behind the pseudonyms of a project's exports."""

from typing import Any

from ninja import Query, Router, Schema

from api.auth import MANAGER
from api.exports.people import person, told
from api.request import ApiRequest
from api.schemas import Page, Place, page_of
from labeling.pseudonyms import people

router = Router(tags=["exports"])


class PersonOut(Schema):
    """A person, and what exports of this project call them."""

    pseudonym: str
    name: str
    email: str


@router.get(
    "/projects/{slug:slug}/pseudonyms",
    auth=MANAGER,
    response=Page[PersonOut],
    summary="Who is who",
)
def list_pseudonyms(request: ApiRequest, slug: str, place: Query[Place]) -> dict[str, Any]:
    """Members, and all who answered or proposed a prompt. The audit log says who has asked."""
    name = told(project=request.project, by=request.user)
    return page_of(people(request.project), place, lambda row: person(name, row)._asdict())
