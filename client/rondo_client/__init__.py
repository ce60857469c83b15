"""Talk with a Rondo server from Python.

from rondo_client import Client

with Client() as rondo:  # as `rondo login` has signed in
    for project in rondo.projects.list():
        print(project.slug)
"""

from rondo_client.client import Client
from rondo_client.errors import ApiError, RondoError
from rondo_client.retrying import Retrying

__all__ = ["ApiError", "Client", "Retrying", "RondoError"]
