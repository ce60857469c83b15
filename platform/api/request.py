"""The type of a request that has come through the API's door."""

from django.http import HttpRequest

from accounts.models import ApiToken, User
from labeling.models import Membership, Project


class ApiRequest(HttpRequest):
    """What an operation is given; for type annotations only.

    member and project are those of the address; an address without a project has neither.
    """

    user: User
    auth: ApiToken
    member: Membership
    project: Project
