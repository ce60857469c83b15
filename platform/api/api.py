"""The REST API, /api/v1/."""

from ninja import NinjaAPI

from api import errors
from api.auth import TokenAuth
from api.parser import StrictParser
from api.routers import exports, imports, preambles, projects

api = NinjaAPI(
    title="Rondo API",
    version="1",
    description="Prompts, labels and preferences of your projects, in the formats of TRL.",
    urls_namespace="api",
    auth=TokenAuth(),
    parser=StrictParser(),
    docs_url=None,  # our own page: api.views.docs
)
errors.register(api)
api.add_router("", projects.router)
api.add_router("", exports.router)
api.add_router("", imports.router)
api.add_router("", preambles.router)
